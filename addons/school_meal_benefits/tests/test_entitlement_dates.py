from datetime import date

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .entitle_common import EntitlementCase

SEPTEMBER, AUGUST = date(2026, 9, 1), date(2027, 8, 31)


@tagged("post_install", "-at_install")
class TestEntitlementDates(EntitlementCase):
    def test_from_the_decision_to_the_end_of_the_school_year(self):
        entitlement = self._grant(self.sibling, self.hot, date(2026, 9, 3))
        self.assertEqual(self._span(entitlement), (date(2026, 9, 3), AUGUST))
        self.assertEqual(entitlement.meal_type_ids, self.breakfast)
        self.assertEqual(entitlement.meal_category_id, self.grades_1_4)
        self.assertIn("item 10", entitlement.why)
        self.assertIn("end of the school year", entitlement.why)

    def test_what_is_stored_is_in_the_language_of_the_municipality(self):
        self.city.partner_id.lang = "en_US"
        self.env["res.lang"]._activate_lang("ru_RU")
        russian = self.entitlements.with_context(lang="ru_RU")
        [application] = self._apply_for(self.sibling, self.hot, SEPTEMBER)
        decision = self._sign(application, SEPTEMBER).with_env(russian.env)
        entitlement = russian._create_from_decisions(decision)
        self.assertIn("item 10", entitlement.why)
        self.assertIn("Benefit by order", entitlement._get_start_reason())
        [end] = entitlement._end("withdrawn", date(2026, 12, 1))
        self.assertIn("Benefit until", end._get_reason())
        place = application.document_ids[0].with_env(russian.env)._get_file_place()
        self.assertIn("File of application", place)

    def test_not_before_the_student_is_at_the_school(self):
        self.sibling.enrolment_ids.date_from = date(2026, 10, 5)
        entitlement = self._grant(self.sibling, self.hot, date(2026, 9, 3))
        self.assertEqual(entitlement.date_from, date(2026, 10, 5))
        self.assertIn("first day at the school", entitlement.why)

    def test_a_transfer_inside_the_municipality_is_no_new_enrolment(self):
        other = self._new_class(self.second_school, 1, "А")
        self.sibling._transfer(self.second_school, other, date(2026, 11, 10))
        entitlement = self._grant(self.sibling, self.hot, date(2026, 11, 2))
        self.assertEqual(entitlement.date_from, date(2026, 11, 2))
        self.assertEqual(entitlement.school_id, self.second_school)

    def test_money_from_the_application(self):
        self._study("home", date(2026, 9, 1))
        [application] = self._apply_for(self.student, self.money, date(2026, 9, 7))
        decisions = self._sign(application, date(2026, 9, 9))
        entitlement = self.entitlements._create_from_decisions(decisions)
        self.assertEqual(entitlement.date_from, date(2026, 9, 7))
        self.assertEqual(entitlement.kind, "money")
        self.assertFalse(entitlement.meal_type_ids)

    def test_money_from_the_start_of_remote_learning(self):
        remote = self._add_category(
            "remote", kind="money", is_onsite=False, is_remote=True, start_rule="remote"
        )
        for student in self.student + self.classmate:
            self._study("remote", date(2026, 9, 14), student=student)
        in_time = self._grant(self.student, remote, date(2026, 10, 14))
        self.assertEqual(in_time.date_from, date(2026, 9, 14))
        late = self._grant(self.classmate, remote, date(2026, 10, 15))
        self.assertEqual(late.date_from, date(2026, 10, 15))
        self.assertIn("window", late.why)

    def test_the_start_of_remote_learning_must_be_known(self):
        anywhere = self._add_category(
            "anywhere", kind="money", is_remote=True, start_rule="remote"
        )
        [unknown] = self._apply_for(self.sibling, anywhere, date(2026, 10, 15))
        decisions = self._sign(unknown, date(2026, 10, 15))
        with self._refused(UserError, "since when"):
            self.entitlements._create_from_decisions(decisions)
        self.assertFalse(decisions.entitlement_ids)

    def test_a_document_that_ends_sooner_ends_the_right(self):
        [application] = self._apply_for(self.student, self.ovz, SEPTEMBER)
        proof = application.document_ids.filtered(
            lambda row: row.document_type_id == self.pmpk
        )
        proof.valid_to = date(2027, 2, 28)
        identity = application.document_ids[0]
        identity.valid_to = date(2026, 12, 1)  # a passport runs out, the right does not
        entitlement = self.entitlements._create_from_decisions(
            self._sign(application, SEPTEMBER)
        )
        self.assertEqual(entitlement.date_end, date(2027, 2, 28))
        self.assertIn("document", entitlement.why)

    def test_a_document_of_the_past_gives_nothing(self):
        applications = self._apply_for(
            self.student + self.classmate, self.ovz, SEPTEMBER
        )
        applications[1].document_ids[-1].valid_to = date(2026, 8, 31)
        decisions = self._sign(applications, SEPTEMBER)
        with self._refused(UserError, "would end before it begins"):
            self.entitlements._create_from_decisions(decisions)
        self.assertFalse(decisions.entitlement_ids)  # all or none

    def test_the_day_that_a_decision_names(self):
        entitlement = self._grant(
            self.sibling, self.hot, date(2026, 11, 2), effective_on=date(2026, 9, 7)
        )
        self.assertEqual(entitlement.date_from, date(2026, 9, 7))
        self.assertIn("names", entitlement.why)

    def test_who_has_left_has_it_until_then(self):
        applications = self._apply_for(
            self.classmate + self.student, self.ovz, date(2026, 11, 2)
        )
        for student in self.classmate + self.student:
            day = date(2026, 11, 10)
            student._leave(day, "left", None, uuid=f"leave-{student.id}")
        decision = self._sign(applications[0], date(2026, 11, 3))
        entitlement = self.entitlements._create_from_decisions(decision)
        self.assertEqual(entitlement.date_end, date(2026, 11, 10))
        decision = self._sign(applications[1], date(2026, 11, 11))
        with self._refused(UserError, "would end before it begins"):
            self.entitlements._create_from_decisions(decision)
        self.assertFalse(decision.entitlement_ids)

    def test_meals_by_hours_and_shift(self):
        by_hours = self._add_category(
            "special",
            meal_category_id=self.bused_category.id,
            grant_ids=[
                Command.create({"hours_to": 6, "meal_type_ids": self.breakfast.ids}),
                Command.create(
                    {
                        "hours_from": 6,
                        "meal_type_ids": (self.breakfast + self.lunch).ids,
                    }
                ),
            ],
        )
        self.student.hours_at_school = 7
        self.classmate.hours_at_school = 6
        entitlement = self._grant(self.student, by_hours)
        self.assertEqual(entitlement.meal_type_ids, self.breakfast + self.lunch)
        entitlement = self._grant(self.classmate, by_hours)
        self.assertEqual(entitlement.meal_type_ids, self.breakfast)
        with self._refused(UserError, "hours at"):
            self._grant(self.sibling, by_hours)
        # what was granted stays, whatever becomes of the hours
        self.student.hours_at_school = 4
        self.assertIn(self.lunch, self.student.benefit_entitlement_ids.meal_type_ids)

    def test_a_repeat_adds_nothing(self):
        entitlement = self._grant(self.sibling, self.hot)
        again = self.entitlements._create_from_decisions(entitlement.decision_id)
        self.assertFalse(again)
        with self._refused(UserError, "Ivanova.* already has “hot”"):
            self._grant(self.sibling, self.hot, date(2026, 10, 1))
        self.assertEqual(len(self.sibling.benefit_entitlement_ids), 1)

    def test_a_refusal_gives_nothing(self):
        [application] = self._apply_for(self.sibling, self.hot, SEPTEMBER)
        refusal = self.env["benefit.decision"].create(
            {
                "application_id": application.id,
                "student_id": self.sibling.id,
                "school_id": self.school.id,
                "company_id": self.city.id,
                "category_id": self.hot.id,
                "result": "refused",
                "refusal_ground": "documents",
                "date": SEPTEMBER,
                "user_id": self.env.uid,
            }
        )
        self.assertFalse(self.entitlements._create_from_decisions(refusal))
        values = {
            "decision_id": refusal.id,
            "student_id": self.sibling.id,
            "company_id": self.city.id,
            "category_id": self.hot.id,
            "kind": "meals",
            "date_from": SEPTEMBER,
            "date_to": AUGUST,
        }
        with self._refused(ValidationError, "needs a decision"):
            self.entitlements.create(values)
