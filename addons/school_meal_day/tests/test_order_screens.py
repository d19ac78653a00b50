from datetime import datetime

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .order_common import LATE, MONDAY, TUESDAY, OrderCase


@tagged("post_install", "-at_install")
class TestOrderScreens(OrderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()

    def _operate(self, role, orders, operation, **vals):
        wizard = self._as(role, self.env["meal.order.operation"]).create(
            {
                "operation": operation,
                "order_ids": [Command.set(orders.ids)],
                **vals,
            }
        )
        return wizard.action_apply()

    # === ABSENCES === #

    def _report_as(self, role, students):
        wizard = self._as(role, self.env["meal.absence.report"]).create(
            {
                "student_ids": [Command.set(students.ids)],
                "date_from": MONDAY,
                "date_to": MONDAY,
                "reason": "illness",
            }
        )
        wizard.action_report()
        return self.env["meal.absence"].search([("student_id", "in", students.ids)])

    def test_absences_are_reported_by_their_people(self):
        for role, source in (("teacher", "teacher"), ("operator", "operator")):
            with self.subTest(role=role):
                absence = self._report_as(role, self.student)
                self.assertEqual(absence.source, source)
                self.assertEqual(absence.user_id, self.roles[role])
                self._as(role, absence).action_withdraw()
                self.assertTrue(absence.withdrawn_at)
                absence.sudo().unlink()

    def test_a_teacher_reports_the_own_class_only(self):
        with self._refused(AccessError, ""):
            self._report_as("teacher", self.sibling)
        self.assertFalse(
            self.env["meal.absence"].search([("student_id", "=", self.sibling.id)])
        )
        for role in ("canteen", "cashier", "head", "department", "accountant"):
            with self.subTest(role=role), self._refused(AccessError, ""):
                self._report_as(role, self.student)

    def test_who_may_not_withdraw(self):
        absence = self._report(self.student)
        other = self._report(self.sibling)
        for role in ("head", "department", "accountant"):
            with self.subTest(role=role), self._refused(AccessError, "withdrawn by"):
                self._as(role, absence).action_withdraw()
        with self._refused(AccessError, ""):
            self._as("teacher", other).action_withdraw()
        self.assertFalse((absence + other).filtered("withdrawn_at"))

    # === ORDERS === #

    def _enter(self, role="operator", **vals):
        form = Form(self._as(role, self.env["meal.order.entry"]))
        form.school_id = self._as(role, self.school)
        form.class_ids.set(self._as(role, self.class_5a))
        form.meal_type_id = self.lunch
        for name, value in vals.items():
            setattr(form, name, value)
        wizard = form.save()
        wizard.action_order()
        return wizard

    def test_a_class_for_some_days(self):
        self._report(self.classmate, TUESDAY)
        saturday = MONDAY.replace(day=14)
        wizard = self._enter(date_from=saturday, date_to=TUESDAY)
        self.assertEqual(wizard.order_count, 3)
        self.assertIn("is reported absent", wizard.result)
        self.assertEqual(self._orders(self.student).origin, "operator")
        self.assertTrue(self._orders(self.student, TUESDAY))

    def test_a_period_too_long(self):
        with self._refused(UserError, "one day to 31 days"):
            self._enter(date_from=MONDAY, date_to=MONDAY.replace(month=12, day=31))
        self.assertFalse(self._orders(self.student))

    def test_take_off_and_write_off(self):
        order = self._order(self.student)
        self._operate("operator", order, "take_off", note="The mother called")
        self.assertEqual(order.state, "cancelled")
        self.assertEqual(order.change_ids[-1].note, "The mother called")
        with self._refused(UserError, "Nothing was changed"):
            self._operate("operator", order, "take_off")
        self._order(self.student)
        self._at(LATE)
        self._operate("operator", order, "take_off")
        self._operate("operator", order, "write_off", write_off_reason="spoiled")
        self.assertEqual(order.change_ids[-1].reason, "spoiled")

    def test_pass_on(self):
        order = self._order(self.student)
        self._at(LATE)
        order._take_off("changed_mind")
        wizard = self._as("operator", self.env["meal.order.operation"]).new(
            {"operation": "pass_on", "order_ids": [Command.set(order.ids)]}
        )
        self.assertIn(self.classmate, wizard.candidate_ids._origin)
        with self._refused(UserError, "Choose the student"):
            self._operate("operator", order, "pass_on")
        with self._refused(UserError, "Write down why"):
            self._operate(
                "operator",
                order,
                "pass_on",
                student_id=self.classmate.id,
                is_forced=True,
            )
        self._operate("operator", order, "pass_on", student_id=self.classmate.id)
        self.assertEqual(self._orders(self.classmate).state, "cooked")

    def test_orders_of_other_schools_are_out_of_reach(self):
        stranger = self._new_student(
            self._new_class(self.second_school, 5, "А"), "Dalny", "Denis"
        )
        stranger.enrolment_ids.write({"date_from": "2026-09-01"})
        order = self._order(stranger)
        with self._refused(AccessError, ""):
            self._operate("operator", order, "take_off")
        self.assertEqual(order.state, "ordered")

    def test_late_orders_are_found(self):
        self._generate()
        self._orders(self.sibling)._take_off("changed_mind")
        early, late = self._order(self.student), self._order(self.classmate)
        self._at(LATE)
        late._take_off("changed_mind")
        found = self.order_model.search(
            [("is_late", "=", True), ("school_id", "=", self.school.id)]
        )
        self.assertEqual(found, late)
        self.assertEqual(late.is_late, True)
        self.assertEqual(early.is_late, False)
        found = self.order_model.search(
            [("is_late", "=", False), ("school_id", "=", self.school.id)]
        )
        self.assertEqual(found, early + self._orders(self.sibling))

    # === NUMBERS === #

    def test_a_correction_by_hand(self):
        order = self._order(self.student)
        self._at(LATE)
        snapshot = self.school._pass_cutoffs(MONDAY)
        with self._refused(UserError, "Nothing has changed"):
            self._as("operator", snapshot).action_take_correction()
        order._take_off("changed_mind")
        with self._refused(AccessError, ""):
            self._as("head", snapshot).action_take_correction()
        action = self._as("canteen", snapshot).action_take_correction()
        correction = snapshot.browse(action["res_id"])
        self.assertEqual(correction.kind, "correction")
        self.assertEqual(correction.user_id, self.roles["canteen"])
        page = self._as("canteen", correction).with_context(lang="en_US")
        self.assertIn("No longer wanted", page.difference_html)
        self.assertNotIn(self.student.last_name, page.difference_html)

    # === SETTINGS === #

    def test_the_hours_are_set_by_the_responsible(self):
        self._as("operator", self.school).correction_cutoff = 8.5
        self.assertEqual(self.school.correction_cutoff, 8.5)
        with self._refused(AccessError, ""):
            self._as("head", self.school).correction_cutoff = 10
        with self._refused(AccessError, ""):
            self._as("operator", self.school).tz = "UTC"

    def test_a_school_without_own_hours_follows_the_municipality(self):
        school, other = self.school, self.second_school
        school.has_own_cutoffs = other.has_own_cutoffs = False
        self.assertEqual((school.forecast_cutoff, school.correction_cutoff), (18, 9))
        self._as("operator", school).correction_cutoff = 8.5
        self.assertTrue(school.has_own_cutoffs)
        self.city.write({"meal_forecast_cutoff": 16, "meal_correction_cutoff": 10})
        self.assertEqual((school.forecast_cutoff, school.correction_cutoff), (18, 8.5))
        self.assertEqual((other.forecast_cutoff, other.correction_cutoff), (16, 10))
        self.assertEqual(
            other._get_cutoffs(MONDAY),
            (datetime(2026, 11, 13, 13), datetime(2026, 11, 16, 7)),
        )
        self.assertEqual(self.other_school.correction_cutoff, 9)
        self._as("operator", school).has_own_cutoffs = False
        self.assertEqual((school.forecast_cutoff, school.correction_cutoff), (16, 10))
        school.write({"has_own_cutoffs": False, "forecast_cutoff": 17})
        self.assertEqual(school.forecast_cutoff, 16)
        with self._refused(AccessError, ""):
            self._as("head", school).has_own_cutoffs = True

    def test_a_new_school_has_the_hours_of_its_municipality(self):
        self.city.meal_correction_cutoff = 8
        vals = {"name": "New", "short_name": "N", "company_id": self.city.id}
        followed, own = self.env["school.school"].create(
            [{**vals, "code": "991"}, {**vals, "code": "992", "forecast_cutoff": 15}]
        )
        hours = [
            (one.has_own_cutoffs, one.forecast_cutoff, one.correction_cutoff)
            for one in (followed, own)
        ]
        self.assertEqual(hours, [(False, 18, 8), (True, 15, 8)])

    def test_the_hours_of_the_municipality_are_set_in_its_settings(self):
        self.school.has_own_cutoffs = False
        settings = self._as("manager", self.env["meal.settings"])
        settings.create({"meal_correction_cutoff": 7.5}).action_save()
        self.assertEqual(self.school.correction_cutoff, 7.5)
        with mute_logger("odoo.sql_db"), self._refused(CheckViolation, "cutoff_range"):
            settings.create({"meal_forecast_cutoff": 24}).action_save()
            self.env.flush_all()
        self.assertEqual(self.city.meal_forecast_cutoff, 18)
        with self._refused(AccessError, ""):
            self._as("operator", self.env["meal.settings"]).create(
                {"meal_correction_cutoff": 5}
            ).action_save()
        self.assertEqual(self.city.meal_correction_cutoff, 7.5)

    def test_a_diet_is_no_choice(self):
        diet = self.env["meal.variant"].create(
            {"name": "No milk", "is_diet": True, "company_id": self.city.id}
        )
        with self._refused(ValidationError, "is a diet"):
            self._choose(self.student, variant_id=diet.id)
