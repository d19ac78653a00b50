from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.school_meal_day.tests.order_common import MONDAY

from .common import CUT_OFF, LOOKED_AT, AttendanceCase

MINUTE = timedelta(minutes=1)


@tagged("post_install", "-at_install")
class TestAttendanceMeals(AttendanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        cls.school.meals_responsible_id = cls.roles["operator"]
        cls.school.attendance_mode = "automatic"

    def setUp(self):
        super().setUp()
        self.order = self._order(self.absentee)
        self.others = self._order(self.kids - self.absentee)

    def _absence(self):
        return self.env["meal.absence"].search([("student_id", "=", self.absentee.id)])

    def test_the_meal_of_the_missing_child_comes_off(self):
        self._morning()
        self.assertEqual(self.order.state, "cancelled")
        self.assertEqual(set(self.others.mapped("state")), {"ordered"})
        absence = self._absence()
        self.assertEqual((absence.source, absence.reason), ("access", "unknown"))
        self.assertEqual(self._day().absence_id, absence)
        self.assertEqual(self._check().reported_count, 1)

    def test_again_changes_nothing(self):
        self._morning()
        for __ in range(3):
            self.school._attend()
        self.assertEqual(len(self._absence()), 1)
        self.assertEqual(self._check().reported_count, 1)

    def test_not_before_the_hour_of_the_school(self):
        self._recount()
        self._come(self.kids - self.absentee)
        self._move(LOOKED_AT - MINUTE)
        self.school._attend()
        self.assertEqual(self._state(), "absent")
        self.assertEqual(self.order.state, "ordered")

    def test_not_after_the_cut_off(self):
        self._recount()
        self._come(self.kids - self.absentee)
        self._move(CUT_OFF)
        self.school._attend()
        self.assertFalse(self._absence())

    def test_a_late_child_gets_the_meal_back(self):
        self._morning()
        self._move(LOOKED_AT + 5 * MINUTE)
        self._come(self.absentee, LOOKED_AT + 5 * MINUTE)
        self.assertEqual(self.school._get_presence(MONDAY)[self.absentee.id], "present")
        self.school._attend()
        self.assertEqual(self.order.state, "ordered")
        self.assertTrue(self._absence().withdrawn_at)
        self.assertEqual(self._state(), "late")
        self.assertEqual(self._check().returned_count, 1)

    def test_who_came_in_the_last_minute_is_cooked_for(self):
        self._morning()
        self._come(self.absentee, CUT_OFF - MINUTE)
        self._move(CUT_OFF + MINUTE)
        self.school._pass_cutoffs(MONDAY)
        self.assertEqual(self.order.state, "cooked")

    def test_after_the_cut_off_the_teacher_is_told(self):
        self._morning()
        self._move(CUT_OFF + 10 * MINUTE)
        self.school._pass_cutoffs(MONDAY)
        self._come(self.absentee, CUT_OFF + 10 * MINUTE)
        self.school._attend()
        self.assertEqual(self.order.state, "cancelled")
        check = self._check()
        self.assertEqual(check.not_cooked_count, 1)
        told = check.activity_ids.filtered(lambda one: "not cooked" in one.summary)
        self.assertEqual(told.user_id, self.roles["teacher"] | self.roles["operator"])
        self.assertNotIn("Ivanov", "".join(told.mapped("summary")))

    def test_proposed_it_waits_for_somebody(self):
        self.school.attendance_mode = "propose"
        self._morning()
        self.assertEqual(self.order.state, "ordered")
        check = self._check()
        self.assertEqual(
            check.activity_ids.user_id, self.roles["teacher"] | self.roles["operator"]
        )
        self._as("operator", check).action_report_missing()
        self.assertEqual(self.order.state, "cancelled")
        self.assertEqual(self._absence().source, "access")

    def test_off_nothing_happens(self):
        self.school.attendance_mode = "off"
        self._morning()
        self.assertFalse(self._check().activity_ids)
        self.assertEqual(self.order.state, "ordered")

    def test_one_click_is_for_the_office_and_today(self):
        self.school.attendance_mode = "propose"
        self._morning()
        check = self._check()
        for role in ("teacher", "department"):
            with self.assertRaises(AccessError):
                self._as(role, check).action_report_missing()
        self._move(LOOKED_AT + timedelta(days=1))
        with self._refused(UserError, "on the day itself"):
            self._as("operator", check).action_report_missing()

    def test_one_click_does_not_act_on_a_silent_gate(self):
        self.school.attendance_mode = "propose"
        self._morning()
        self.controller.last_seen = False
        with self._refused(UserError, "Nobody is missing"):
            self._as("operator", self._check()).action_report_missing()
        self.assertEqual(self.order.state, "ordered")

    def test_a_reported_child_is_not_reported_again(self):
        self._report(self.absentee, source="parent")
        self._morning()
        self.assertEqual(len(self._absence()), 1)

    def test_a_child_inside_is_never_absent(self):
        self._recount()
        self._come(self.kids)
        self._move(LOOKED_AT)
        self.school._attend()
        self.assertFalse(self._absence())

    def test_the_hour_is_before_an_own_cut_off(self):
        self.school.correction_cutoff = 9.5
        with self._refused(ValidationError, "before the morning cut-off"):
            self.school.attendance_check_hour = 9.5

    def test_kitchen_and_oversight_agree(self):
        self.school.attendance_mode = "propose"
        self._morning()
        board = self.env["meal.kitchen.board"]
        self.assertEqual(board._count_away(self.school, MONDAY), {self.lunch.id: 1})
        oversight = self._as("operator", self.env["meal.oversight"])
        action = oversight.open_rows("absent", self.school.id)
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(rows.student_id, self.absentee)
