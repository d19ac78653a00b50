from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .entitle_common import EntitlementCase

SEPTEMBER, AUGUST = date(2026, 9, 1), date(2027, 8, 31)
TODAY = date(2026, 11, 15)


@tagged("post_install", "-at_install")
class TestEntitlementScreens(EntitlementCase):
    def setUp(self):
        super().setUp()
        self._make_roles()
        self.meals = self._grant(self.sibling, self.hot)
        self.health = self._grant(self.student, self.ovz)

    # === ENDS === #

    def _record(self, entitlements, role="operator", **vals):
        wizard = self._as(role, self.env["benefit.end.record"]).create(
            {"entitlement_ids": [(6, 0, entitlements.ids)], **vals}
        )
        wizard.action_record()
        return entitlements.end_ids

    def test_the_operator_records_the_loss_of_a_ground(self):
        ends = self._record(
            self.meals + self.health,
            ground="ground_lost",
            ground_on=TODAY,
            basis="Certificate 5",
        )
        self.assertEqual(set(ends.mapped("last_day")), {TODAY})
        self.assertEqual(ends.user_id, self.roles["operator"])
        self.assertEqual(set(ends.mapped("basis")), {"Certificate 5"})
        with self._refused(UserError, "end by then anyway"):
            self._record(self.meals, ground="withdrawn", last_day=TODAY)

    def test_only_the_head_takes_past_days_back(self):
        yesterday = TODAY - timedelta(days=1)
        stranger = self._new_user("test_far_head", "group_head", self.second_school)
        self.roles["stranger"] = stranger
        for role in ("operator", "manager", "stranger"):
            for vals in (
                {"ground": "mistake"},
                {"ground": "ground_lost", "ground_on": yesterday},
                {"ground": "withdrawn", "last_day": yesterday},
            ):
                with self.subTest(role, **vals), self._refused(AccessError, "."):
                    self._record(self.meals, role=role, **vals)
                self.assertEqual(self.meals.date_end, AUGUST)
        late = {"ground": "service_ended", "ground_on": yesterday}
        service = self._add_category(
            "service",
            meal_category_id=self.bused_category.id,
            meals=self.lunch,
            has_service_report=True,
        )
        right = self._grant(self.classmate, service)
        with self._refused(AccessError, "head"):
            self._record(right, reported_on=False, **late)
        self.assertEqual(right.date_end, AUGUST)
        # in time it lasts through the day of the report
        self.assertEqual(self._record(right, **late).last_day, TODAY)
        [end] = self._record(
            self.meals, role="head", ground="withdrawn", last_day=yesterday
        )
        self.assertEqual(end.user_id, self.roles["head"])

    def test_by_mistake_it_never_was(self):
        [end] = self._record(self.meals, role="head", ground="mistake")
        self.assertEqual(end.last_day, date(2026, 8, 31))
        self.assertTrue(self.meals.is_void)

    def test_the_end_of_service(self):
        with self._refused(UserError, "does not depend on service"):
            self._record(self.meals, ground="service_ended", ground_on=SEPTEMBER)
        service = self._add_category(
            "service",
            meal_category_id=self.bused_category.id,
            meals=self.lunch,
            has_service_report=True,
        )
        right = self._grant(self.classmate, service)
        with self._refused(UserError, "last day of service"):
            self._record(right, ground="service_ended")
        form = Form(
            self._as("head", self.env["benefit.end.record"]).with_context(
                active_model="benefit.entitlement", active_ids=right.ids
            )
        )
        form.ground = "service_ended"
        form.ground_on = date(2026, 11, 2)
        form.reported_on = TODAY
        self.assertTrue(form.is_late)
        self.assertEqual(form.report_by, date(2026, 11, 9))
        self.assertEqual(form.last_day, date(2026, 11, 2))
        form.save().action_record()
        self.assertTrue(right.end_ids.is_late)

    def test_who_may_record_and_revoke(self):
        for role in ("teacher", "department", "accountant"):
            with self.subTest(role), self._refused(AccessError, "."):
                self._record(self.meals, role=role, ground="mistake")
        there = self._new_user("test_there", "group_operator", self.second_school)
        self.roles["there"] = there
        with self._refused(AccessError, "."):
            self._record(self.meals, role="there", ground="mistake")
        [end] = self._record(self.meals, ground="withdrawn", last_day=TODAY)
        wizard = self._as("head", self.env["benefit.end.revoke"])
        wizard.create({"end_ids": end.ids, "reason": "Asked again"}).action_revoke()
        self.assertEqual(end.revoked_by_id, self.roles["head"])
        self.assertEqual(self.meals.date_end, AUGUST)
        with self._refused(UserError, "revoked already"):
            wizard.create({"end_ids": end.ids, "reason": "x"}).action_revoke()
        with self._refused(AccessError, "."):
            self._as("operator", self.env["benefit.end.revoke"]).create(
                {"end_ids": end.ids, "reason": "x"}
            )

    def _revoke(self, ends):
        wizard = self._as("head", self.env["benefit.end.revoke"])
        wizard.create({"end_ids": ends.ids, "reason": "Not so"}).action_revoke()

    def test_what_an_event_or_a_decision_ended_is_not_revoked_by_hand(self):
        for ground in ("replaced", "left", "stage", "form_changed"):
            with self.subTest(ground):
                [end] = self.health._end(ground, TODAY)
                with self._refused(UserError, "not reported by people"):
                    self._revoke(end)
                self.assertEqual(self.health.date_end, TODAY)
                end._revoke("Next")

    def _supersede(self, right, result, day):
        decision = right.decision_id
        newer = self.env["benefit.decision"].create(
            {
                "application_id": decision.application_id.id,
                "student_id": right.student_id.id,
                "school_id": self.school.id,
                "company_id": self.city.id,
                "category_id": right.category_id.id,
                "result": result,
                "refusal_ground": "authority" if result == "refused" else False,
                "date": day,
                "user_id": self.env.uid,
                "supersedes_id": decision.id,
            }
        )
        self.entitlements._follow_superseded(newer)
        return newer

    def test_a_superseded_decision_does_not_come_back(self):
        [end] = self._record(self.meals, ground="withdrawn", last_day=TODAY)
        self._supersede(self.meals, "refused", date(2026, 11, 20))
        self._revoke(end)  # the end was wrong, the refusal stays
        self.assertEqual(self.meals.date_end, date(2026, 11, 19))
        self.assertTrue(self._categories(self.sibling, date(2026, 11, 19)))
        self.assertEqual(self._categories(self.sibling, date(2026, 11, 20)), set())

    def test_a_superseded_decision_feeds_nobody_whatever_its_dates(self):
        self._supersede(self.meals, "refused", date(2026, 11, 20))
        # as if the end had been lost
        end = self.meals.end_ids
        end._write_facts(
            {
                "revoked_at": "2026-11-15 09:00:00",
                "revoked_by_id": self.env.uid,
                "revoke_reason": "x",
            }
        )
        self.assertEqual(self.meals.date_end, AUGUST)
        self.assertTrue(self._categories(self.sibling, date(2026, 11, 19)))
        self.assertEqual(self._categories(self.sibling, date(2026, 11, 20)), set())

    def test_a_superseded_decision_gives_no_benefit(self):
        [application] = self._apply_for(self.classmate, self.ovz, SEPTEMBER)
        decision = self._sign(application, SEPTEMBER)
        self._sign(application, TODAY, supersedes_id=decision.id)
        with self._refused(ValidationError, "needs a decision"):
            self.entitlements._create_from_decisions(decision)
        self.assertFalse(decision.entitlement_ids)

    def test_ends_go_into_an_order(self):
        ends = self._record(self.meals, ground="withdrawn", last_day=TODAY)
        self._as("operator", ends).action_make_order()
        self.assertEqual((ends.order_id.kind, ends.order_id.state), ("end", "draft"))
        with self._refused(UserError, "in an order already"):
            self._as("operator", ends).action_make_order()
        self.assertEqual(ends.order_id.end_ids, ends)

    # === LISTS === #

    def test_the_register_of_a_day(self):
        self.meals._end("withdrawn", TODAY)
        register = self._as("operator", self.env["benefit.register"])
        for day, found in (
            (TODAY, self.meals + self.health),
            (TODAY + timedelta(days=1), self.health),
            (date(2026, 8, 31), self.health.browse()),
        ):
            action = register.create({"date": day}).action_open()
            rows = self._as("operator", self.entitlements).search(action["domain"])
            self.assertEqual(rows, found, day)

    def test_a_health_ground_is_not_for_everybody(self):
        def seen(role, model="benefit.entitlement"):
            return self._as(role, self.env[model]).search_count(
                [("school_id", "=", self.school.id)]
            )

        self.health._end("ground_lost", TODAY)
        for role in ("operator", "head", "accountant", "manager"):
            self.assertEqual(seen(role), 2, role)
        self.assertEqual(seen("department"), 1)
        self.assertEqual(seen("department", "benefit.recipient"), 2)
        self.assertEqual(seen("department", "benefit.entitlement.end"), 0)
        self.roles["department"].group_ids += self.env.ref(
            "school_meal_base.group_sensitive_data"
        )
        self.assertEqual(seen("department"), 2)
        for role in ("teacher", "canteen", "cashier", "portal"):
            with self.subTest(role), self._refused(AccessError, "."):
                seen(role)

    def test_the_student_form_shows_the_benefits(self):
        form = Form(self._as("operator", self.student))
        self.assertEqual(len(form.benefit_entitlement_ids), 1)
        with form.study_period_ids.new() as period:
            period.form = "home"
            period.date_from = TODAY
            period.basis = "Order 7"
        form.save()
        self.assertEqual(self._categories(self.student, TODAY), set())
        teacher = Form(self._as("teacher", self.student))
        self.assertNotIn("benefit_entitlement_ids", teacher._view["fields"])

    # === WHAT ENDS SOON === #

    def _radar(self, *domain):
        self.env.flush_all()
        self.env["benefit.radar"].invalidate_model()
        return self.env["benefit.radar"].search(
            [("company_id", "=", self.city.id), *domain]
        )

    def test_benefits_and_documents_that_end(self):
        rows = self._radar()
        self.assertEqual(rows.mapped("what"), ["benefit", "benefit"])
        identity, birth, proof = self.health.decision_id.application_id.document_ids
        identity.valid_to = date(2026, 12, 1)
        proof.valid_to = AUGUST  # the benefit's own last day: one row
        rows = self._radar(("student_id", "=", self.student.id))
        self.assertEqual(
            [(row.what, row.ends_on, row.document_type_id) for row in rows],
            [
                ("document", date(2026, 12, 1), self.identity),
                ("document", AUGUST, self.pmpk),
            ],
        )
        self.assertEqual(rows[0].days_left, 16)
        self.assertFalse(rows[0].is_renewed)
        self._apply_for(self.student, self.ovz, date(2026, 11, 12))
        rows = self._radar(("student_id", "=", self.student.id))
        self.assertTrue(rows[0].is_renewed)
        self.health._end("ground_lost", TODAY)
        rows = self._radar(("student_id", "=", self.student.id))
        self.assertEqual(rows.mapped("ends_on"), [TODAY])

    def test_the_person_responsible_is_told_once(self):
        application = self.health.decision_id.application_id
        application.document_ids[-1].valid_to = TODAY + timedelta(days=20)
        self.env.flush_all()  # the radar is a query
        self.env["benefit.radar"]._cron_warn()
        self.env["benefit.radar"]._cron_warn()
        [activity] = application.activity_ids
        self.assertEqual(activity.user_id, self.roles["operator"])
        self.assertEqual(activity.date_deadline, TODAY + timedelta(days=20))
        self.assertFalse(activity.summary)  # the type's name is translated
        # the end of the school year is the campaign's
        self._at("2027-08-20 09:00:00")
        self.env["benefit.radar"]._cron_warn()
        self.assertFalse(self.meals.decision_id.application_id.activity_ids)
