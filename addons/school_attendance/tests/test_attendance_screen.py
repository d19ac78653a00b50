from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.school_meal_day.tests.order_common import MONDAY
from odoo.addons.school_meal_day.tests.screen_common import ScreenCase

from .common import FIRST_LESSON, LOOKED_AT, AttendanceCase


@tagged("post_install", "-at_install")
class TestAttendanceScreen(AttendanceCase, ScreenCase):
    """What the class teacher's page says of the gate."""

    def setUp(self):
        super().setUp()
        self._move(LOOKED_AT - timedelta(minutes=75))
        self.school.attendance_mode = "propose"

    def test_who_came_and_who_did_not(self):
        self._recount()
        self._come(self.kids - self.absentee - self.classmate)
        self._come(self.classmate, FIRST_LESSON + timedelta(minutes=8))
        self._move(LOOKED_AT)
        self.school._attend()
        screen = self._screen()
        cells = screen["cells"][str(MONDAY)]
        self.assertEqual(cells[self.absentee.id]["known"], "absent")
        self.assertEqual(cells[self.classmate.id]["gate"]["kind"], "late")
        self.assertIn("8:38", cells[self.classmate.id]["gate"]["text"])
        [notice] = screen["days"][0]["notices"]
        self.assertEqual(notice["kind"], "missing")
        self.assertIn("8:45: 1", notice["text"])

    def test_one_tap_reports_and_another_takes_it_back(self):
        self._morning()
        tap = self._command("presence", self.absentee, value="unknown")
        self.assertEqual(self._statuses(tap), ["done"])
        self.assertEqual(self._day().source, "teacher")
        back = self._command("presence", self.absentee, value="", seen="unknown")
        self.assertEqual(self._statuses(back), ["done"])
        self.assertEqual(self._day().source, "access")

    def test_a_reported_child_who_came_is_shown(self):
        self._report(self.classmate, source="parent")
        self._morning()
        self.assertEqual(self._cell(self.classmate)["known"], "present")

    def test_a_silent_gate_is_told(self):
        self._recount()
        self._at(LOOKED_AT)
        self.school._attend()
        [notice] = self._screen()["days"][0]["notices"]
        self.assertEqual(notice["kind"], "warning")
        self.assertIn("silent", notice["text"])
        self.assertFalse(self._cell(self.absentee)["known"])
