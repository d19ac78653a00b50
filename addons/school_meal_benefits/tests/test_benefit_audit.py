from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .audit_common import DECIDED, MEAL_DAY, SUBMITTED, AuditCase

TODAY = "2026-11-30 09:00:00"
FIRST, LAST = date(2026, 9, 1), date(2026, 11, 30)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestBenefitAudit(AuditCase):
    """Each violation is planted and found, alone; a correct history has none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.application, cls.decision, cls.entitlement = cls._grant(
            cls.sibling, cls.hot
        )
        cls._eat(cls.sibling)

    def _run(self, school=None, **vals):
        run = self.env["benefit.audit.run"].create(
            {
                "company_id": self.city.id,
                "school_id": school and school.id,
                "date_from": FIRST,
                "date_to": LAST,
                **vals,
            }
        )
        run.action_run()
        return run

    def _found(self, *codes):
        """Run and expect exactly these violations; return the findings."""
        findings = self._run().finding_ids.filtered(lambda one: one.state != "gone")
        self.assertEqual(sorted(findings.mapped("check_code")), sorted(codes))
        for finding in findings:
            self.assertTrue(finding.what and "%" not in finding.what, finding.what)
            self.assertTrue(finding.item)
        return findings

    def test_a_correct_history_has_no_finding(self):
        refused = self._apply(self.classmate, self.ovz)
        papers = refused.document_ids
        papers.filtered(
            lambda one: one.requirement_id.code == "t_pmpk"
        ).state = "missing"
        decision = self._decide(refused, "refused", refusal_ground="documents")
        self._notify(decision, date(2026, 11, 17))
        self._found()

    def _notify(self, decision, sent_on):
        return self.env["benefit.notice"].create(
            {
                "kind": "refusal",
                "decision_id": decision.id,
                "school_id": decision.school_id.id,
                "student_id": decision.student_id.id,
                "date": DECIDED,
                "due_on": date(2026, 11, 17),
                "sent_on": sent_on,
            }
        )

    # === APPLICATION === #

    def test_registered_late(self):
        self._force(
            "benefit_application",
            self.application,
            registered_at=datetime(2026, 11, 13, 22),  # the 14th at the school
        )
        found = self._found("registered_late", "decided_unregistered")
        late = found.filtered(lambda one: one.check_code == "registered_late")
        self.assertEqual(late.since, date(2026, 11, 14))
        self.assertEqual(late.student_id, self.sibling)
        self.assertIn("14.11.2026", late.what)

    def test_never_registered(self):
        self._apply(self.classmate, self.ovz, state="draft", number=0,
                    registered_at=False)  # fmt: skip
        self._found("registered_late")

    def test_a_prefilled_application_is_not_yet_handed_in(self):
        self._apply(self.classmate, self.ovz, state="draft", number=0,
                    registered_at=False, origin="campaign")  # fmt: skip
        self._found()

    def test_terms_are_not_counted_over_holidays(self):
        self._force(
            "benefit_application",
            self.application,
            submitted_on=date(2026, 11, 3),  # the 4th is a holiday
            registered_at=datetime(2026, 11, 5, 9),
        )
        self._force(
            "benefit_application_document",
            self.application.document_ids,
            received_on=date(2026, 11, 3),
        )
        self._force("benefit_decision", self.decision, date=date(2026, 11, 6))
        self._force("benefit_order", self.decision.order_id, date=date(2026, 11, 6))
        self._force(
            "benefit_order",
            self.decision.order_id,
            signed_at=datetime(2026, 11, 6, 9),
        )
        self._found()

    def test_decided_late(self):
        self._force("benefit_decision", self.decision, date=date(2026, 11, 16))
        self._found()
        self._force("benefit_decision", self.decision, date=date(2026, 11, 17))
        self._found("decided_late")

    def test_not_decided_at_all(self):
        self._apply(self.classmate, self.ovz)
        [finding] = self._found("decided_late")
        self.assertIn("not yet", finding.what)

    def test_the_term_waits_for_the_answer_of_another_body(self):
        self._force("benefit_decision", self.decision, date=date(2026, 11, 17))
        self.env["benefit.request"].create(
            {
                "application_id": self.application.id,
                "body": "Military office",
                "state": "confirmed",
                "sent_on": DECIDED,
                "due_on": date(2026, 11, 20),
                "answered_on": DECIDED,
            }
        )
        self._found()

    def test_a_request_without_an_answer(self):
        self.env["benefit.request"].create(
            {
                "application_id": self.application.id,
                "body": "Military office",
                "state": "sent",
                "sent_on": SUBMITTED,
                "due_on": date(2026, 11, 20),
            }
        )
        [finding] = self._found("request_unanswered")
        self.assertEqual(finding.since, date(2026, 11, 21))

    def test_authority(self):
        self._force("benefit_application", self.application, authority="representative")
        self._found("no_authority")
        self._force("benefit_application", self.application, authority_basis="1-234")
        self._found()
        self._force("benefit_application", self.application, authority="none")
        self._found("no_authority")

    def test_snils(self):
        self._force("benefit_application", self.application, applicant_snils=None)
        [finding] = self._found("snils")
        self.assertEqual(finding.what, "Child: —; applicant: missing")
        self._force("school_student", self.sibling, snils="11223344596")
        [finding] = self._found("snils")
        self.assertEqual(finding.what, "Child: wrong check digits; applicant: missing")

    # === DECISION, ORDER, NOTICE === #

    def test_decided_before_the_registration(self):
        self._force("benefit_decision", self.decision, date=date(2026, 11, 11))
        self._found("decided_unregistered")

    def test_a_decision_without_its_documents(self):
        self._decide(self._apply(self.classmate, self.ovz), checklist=[])
        self._found("no_checklist")

    def test_a_decision_with_an_unsettled_document(self):
        self._decide(
            self._apply(self.classmate, self.ovz),
            checklist=[{"name": "Passport", "state": "requested"}],
        )
        [finding] = self._found("no_checklist")
        self.assertIn("Passport", finding.what)

    def test_order_late(self):
        order = self.decision.order_id
        self._force("benefit_order", order, date=date(2026, 11, 17))
        self._found("order_late")
        self._force("benefit_order", order, date=DECIDED)
        self._force("benefit_order", order, signed_at=datetime(2026, 11, 17, 9))
        self._found("order_late")

    def test_four_eyes(self):
        order = self.decision.order_id
        self._found()
        self.school.benefit_check_required = True
        self._found("four_eyes")
        self._force("benefit_order", order, checked_by_id=self.roles["accountant"].id)
        self._found()
        self._force("benefit_order", order, signed_by_id=order.prepared_by_id.id)
        self._found("four_eyes")

    def _refuse(self, ground="documents", missing=(), **vals):
        refused = self._apply(self.classmate, self.ovz, **vals)
        for row in refused.document_ids:
            if row.requirement_id.code in missing:
                row.state = "missing"
        checklist = [
            {"requirement": row.requirement_id.code, "state": row.state}
            for row in refused.document_ids
        ]
        return self._decide(
            refused, "refused", refusal_ground=ground, checklist=checklist
        )

    def test_notices(self):
        decision = self._refuse(missing=["t_pmpk"])
        self._found("notice_not_sent")
        notice = self._notify(decision, False)
        self._found("notice_not_sent")
        notice.sent_on = date(2026, 11, 18)
        self._found("notice_late")
        notice.sent_on = date(2026, 11, 17)
        self._found()

    def test_a_refusal_needs_a_ground_of_item_7(self):
        self._notify(self._refuse(), DECIDED)
        self._found("refusal_ground")

    def test_a_birth_certificate_that_the_school_has_is_no_ground(self):
        self._notify(self._refuse(missing=["t_birth"]), DECIDED)
        self._found()
        earlier = self._apply(
            self.classmate, self.ovz, submitted_on=date(2026, 9, 2),
            registered_at=datetime(2026, 9, 2, 9), state="withdrawn",
        )  # fmt: skip
        self.assertTrue(earlier.document_ids)
        self._found("refusal_ground")

    def test_an_answer_that_the_school_waits_for_is_no_ground(self):
        requirement = self.ovz.requirement_ids.filtered(lambda r: r.code == "t_pmpk")
        self._notify(self._refuse(missing=["t_pmpk"]), DECIDED)
        self._found()
        self._force("benefit_requirement", requirement, provider="request")
        self._found("refusal_ground")

    def test_a_refusal_for_want_of_authority_needs_the_want(self):
        refusal = self._refuse("authority")
        self._notify(refusal, DECIDED)
        self._found("refusal_ground")
        self._force("benefit_application", refusal.application_id, authority="none")
        self._found()

    # === DOCUMENTS === #

    def _paper(self, application, code="t_birth"):
        return application.document_ids.filtered(
            lambda row: row.requirement_id.code == code
        )

    def test_document_missing(self):
        self._force("benefit_application_document", self._paper(self.application),
                    state="missing")  # fmt: skip
        [finding] = self._found("document_missing")
        self.assertEqual(finding.since, DECIDED)
        self.assertIn("t_birth: missing", finding.what)

    def test_a_row_of_the_checklist_is_gone(self):
        self._paper(self.application).sudo().with_context(active_test=False)
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM benefit_application_document WHERE id = %s",
            [self._paper(self.application).id],
        )
        self.env.invalidate_all()
        self._found("document_missing")

    def test_document_expired(self):
        application, _decision, _right = self._grant(self.student, self.ovz)
        paper = self._paper(application, "t_pmpk")
        self._force("benefit_application_document", paper, valid_to=date(2026, 11, 20))
        [finding] = self._found("document_expired")
        self.assertEqual(finding.since, date(2026, 11, 21))

    def test_an_identity_paper_may_run_out(self):
        paper = self._paper(self.application, "t_identity")
        self._force("benefit_application_document", paper, valid_to=date(2026, 11, 20))
        self._found()

    def test_held_without_a_place(self):
        paper = self._paper(self.application)
        self._force("benefit_application_document", paper, held_place=" ")
        self._force("benefit_application_document", paper, state="held")
        self._found("held_no_place")
        self._force("benefit_application_document", paper, held_place="Room 5")
        self._found()

    def test_the_source_of_a_held_document_is_gone(self):
        earlier = self._apply(
            self.sibling, self.hot, submitted_on=date(2026, 9, 2),
            registered_at=datetime(2026, 9, 2, 9), state="withdrawn",
        )  # fmt: skip
        paper, source = self._paper(self.application), self._paper(earlier)
        for name, value in (
            ("held_place", "Room 5"),
            ("state", "held"),
            ("held_document_id", source.id),
        ):
            self._force("benefit_application_document", paper, **{name: value})
        self._found()
        self._force("benefit_application_document", source, state="missing")
        self._found("held_source_gone")

    # === ENTITLEMENTS === #

    def test_before_the_enrolment(self):
        self._force("school_enrolment", self.sibling.enrolment_ids, date_from=MEAL_DAY)
        [finding] = self._found("before_enrolment")
        self.assertEqual(finding.since, DECIDED)

    def test_after_leaving(self):
        self._force(
            "school_enrolment", self.sibling.enrolment_ids, date_to=date(2026, 11, 20)
        )
        [finding] = self._found("after_leaving")
        self.assertEqual(finding.since, date(2026, 11, 21))

    def test_a_move_inside_the_municipality_is_no_leaving(self):
        enrolment = self.sibling.enrolment_ids
        self._force("school_enrolment", enrolment, date_to=date(2026, 11, 20))
        self.env["school.enrolment"].create(
            {
                "student_id": self.sibling.id,
                "school_id": self.second_school.id,
                "date_from": date(2026, 11, 21),
                "reason": "school",
            }
        )
        self._found()

    def test_a_superseded_decision(self):
        self._decide(
            self.application, "refused", refusal_ground="documents",
            supersedes_id=self.decision.id, date=date(2026, 11, 20), checklist=[],
        )  # fmt: skip
        found = self._found(
            "superseded_in_force", "notice_not_sent", "refusal_ground"
        ).filtered(lambda one: one.check_code == "superseded_in_force")
        self.assertEqual(found.since, date(2026, 11, 21))

    def test_conditions(self):
        for table, record, vals, words in (
            ("school_class", self.class_1b, {"grade": 5}, "grade"),
            ("benefit_category", self.hot, {"min_hours": 6.0}, "hours"),
            ("benefit_category", self.hot, {"is_for_bused": True}, "bus"),
            (
                "benefit_category",
                self.hot,
                {"school_kind": "special"},
                "kind of school",
            ),
        ):
            with self.subTest(words), self.env.cr.savepoint() as point:
                self._force(table, record, **vals)
                [finding] = self._found("condition")
                self.assertIn(words, finding.what)
                point.rollback()
            self.env.invalidate_all()

    def test_form_of_study(self):
        self.env["benefit.study.period"].create(
            {
                "student_id": self.sibling.id,
                "form": "home",
                "date_from": date(2026, 11, 25),
                "basis": "Order 5",
            }
        )
        [finding] = self._found("condition")
        self.assertIn("form of study", finding.what)

    def _end(self, reported_on, ground="service_ended"):
        return self.env["benefit.entitlement.end"].create(
            {
                "entitlement_id": self.entitlement.id,
                "ground": ground,
                "last_day": date(2026, 11, 18),
                "ground_on": date(2026, 11, 18),
                "report_by": date(2026, 11, 23),
                "reported_on": reported_on,
            }
        )

    def test_service_reported_late(self):
        self._end(date(2026, 11, 24))
        self._found("service_late")

    def test_service_reported_in_time(self):
        self._end(date(2026, 11, 23))
        self._found()

    # === MEALS AND MONEY === #

    def test_a_meal_before_the_decision(self):
        self._eat(self.sibling, date(2026, 11, 11))
        self._eat(self.sibling, date(2026, 11, 12))
        [finding] = self._found("meal_before_decision")
        self.assertEqual(finding.since, date(2026, 11, 11))
        self.assertEqual(finding.details["count"], 2)
        self.assertIn("11.11, 12.11", finding.what)
        self.assertIn("170.60", finding.what)

    def test_a_meal_after_the_end(self):
        self._end(date(2026, 11, 20), "ground_lost")
        self._eat(self.sibling, date(2026, 11, 19))
        [finding] = self._found("meal_after_end")
        self.assertEqual(finding.since, date(2026, 11, 19))

    def test_a_meal_without_any_decision(self):
        self._eat(self.classmate)
        [finding] = self._found("meal_without_decision")
        self.assertEqual(finding.student_id, self.classmate)

    def test_a_meal_that_was_not_granted(self):
        self._eat(self.sibling, meal=self.lunch)
        self._found("meal_without_decision")

    def test_what_no_regulation_governs_needs_no_decision(self):
        other = self.env["meal.category"].create({"name": "Staff", "code": "t_staff"})
        rule = self.free_rule.copy({"category_id": other.id, "sequence": 50})
        self._eat(self.classmate, rule=rule)
        self._found()

    def test_a_portion_that_was_corrected_does_not_count(self):
        line = self._eat(self.classmate)
        self._force("meal_day_line", line, is_current=False)
        self._found()

    def test_two_categories_for_one_portion(self):
        line = self._eat(self.sibling, MEAL_DAY, portion=2, outcome="charged_unclaimed")
        [finding] = self._found("double_category")
        self.assertIn("16.11.2026", finding.what)
        self._force("meal_day_line", line, is_current=False)
        self._found()
        first = self.env["meal.day.line"].search([("student_id", "=", self.sibling.id)])
        self._force("meal_day_part", first.part_ids, amount=99)
        self._found("double_category")

    # === RUNS === #

    def test_a_new_run_compares(self):
        stray = self._eat(self.classmate)
        first = self._run()
        [finding] = first.finding_ids
        self.assertEqual(finding.state, "new")
        self._as("operator", finding).answer = "The order was lost"
        self._apply(self.student, self.ovz)
        action = first.action_again()
        second = self.env["benefit.audit.run"].browse(action["res_id"])
        self.assertEqual(second.previous_id, first)
        states = {one.check_code: one.state for one in second.finding_ids}
        self.assertEqual(
            states, {"meal_without_decision": "same", "decided_late": "new"}
        )
        kept = second.finding_ids.filtered("answer")
        self.assertEqual(kept.answer, "The order was lost")
        self.assertEqual(kept.answered_by_id, self.roles["operator"])
        self.assertEqual((second.new_count, second.same_count), (1, 1))
        self.assertEqual(second.open_count, 1)
        self._force("meal_day_line", stray, is_current=False)
        third = self._run()
        gone = third.finding_ids.filtered(lambda one: one.state == "gone")
        self.assertEqual(gone.check_code, "meal_without_decision")
        self.assertEqual(self._run().gone_count, 0)

    def test_a_run_check_is_not_created(self):
        runs = self._as("department", self.env["benefit.audit.run"])
        vals = {"company_id": self.city.id, "date_from": FIRST, "date_to": LAST}
        for name, value in (
            ("state", "done"),
            ("is_nightly", True),
            ("user_id", self.roles["head"].id),
        ):
            with self._refused(AccessError, "by the button only"):
                runs.create(vals | {name: value})
            with self._refused(AccessError, "by the button only"):
                runs.with_context(**{f"default_{name}": value}).create(vals)
            draft = runs.create(vals)
            with self._refused(AccessError, "by the button only"):
                draft.write({name: value})
            draft.unlink()
        self.assertFalse(runs.search([]))

    def test_an_answer_has_an_author_and_nothing_else_is_written(self):
        self._eat(self.classmate)
        finding = self._as("head", self._run().finding_ids)
        with self._refused(UserError, "answered with a note"):
            finding.write({"state": "gone", "answer": "x"})
        with self._refused(UserError, "answered with a note"):
            finding.write({"answer": "x", "answered_by_id": self.roles["manager"].id})
        self.assertFalse(finding.sudo().answer)
        finding.answer = " Meals were paid back "
        self.assertEqual(finding.sudo().answer, "Meals were paid back")
        self.assertEqual(finding.sudo().answered_by_id, self.roles["head"])

    def test_who_may_check_what(self):
        runs = self.env["benefit.audit.run"]
        vals = {"school_id": self.school.id, "date_from": FIRST, "date_to": LAST}
        run = self._as("head", runs).create({**vals, "company_id": self.city.id})
        run.action_run()
        self.assertEqual(run.sudo().user_id, self.roles["head"])
        with self._refused(AccessError, ""):
            self._as("head", runs).create({**vals, "school_id": False})
        with self._refused(AccessError, ""):
            self._as("head", runs).create({**vals, "school_id": self.second_school.id})
        for role in ("operator", "teacher", "canteen", "cashier", "portal"):
            with self.subTest(role), self._refused(AccessError, ""):
                self._as(role, runs).create(vals)
        with self._refused(UserError, "begin a new one"):
            run.write({"date_to": FIRST})
        with self._refused(AccessError, ""):
            run.unlink()
        with self._refused(UserError, "begin a new one"):
            self._as("department", run).unlink()
        self.assertTrue(run.exists())

    def test_only_the_school_and_period_asked_for(self):
        self._eat(self.classmate)
        self.assertFalse(self._run(self.second_school).finding_ids)
        self.assertFalse(self._run(date_to=date(2026, 11, 10)).finding_ids)
        self.assertTrue(self._run(self.school).finding_ids)

    def test_at_night_those_who_answer_for_it_are_told_once(self):
        head, operator = self.roles["head"], self.roles["operator"]
        self.school.write({"head_id": head.id, "meals_responsible_id": operator.id})
        runs = self.env["benefit.audit.run"]
        self.assertFalse(runs._run_nightly(self.school).activity_ids)
        self._eat(self.classmate)
        run = runs._run_nightly(self.school)
        self.assertEqual(run.activity_ids.user_id, head + operator)
        for activity in run.activity_ids:
            self.assertNotIn("Petrov", f"{activity.summary} {activity.note}")
        self.assertFalse(runs._run_nightly(self.school).activity_ids)
        latest = runs.search(
            [("is_latest", "=", True), ("school_id", "=", self.school.id)]
        )
        self.assertEqual(len(latest), 1)

    def test_files(self):
        self._eat(self.classmate)
        from ..report import audit_run_pdf, audit_run_xlsx

        run = self._run()
        self.assertTrue(audit_run_pdf.render(run).startswith(b"%PDF"))
        self.assertTrue(audit_run_xlsx.render(run).startswith(b"PK"))

    def test_reading_a_violation_is_logged(self):
        self._eat(self.classmate)
        finding = self._run().finding_ids
        self._as("head", finding).web_read({"what": {}})
        line = self.env["school.access.log"].search(
            [("student_id", "=", self.classmate.id)]
        )
        self.assertEqual(line.mapped("kind"), ["benefit"])
