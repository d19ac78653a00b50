from datetime import timedelta

from odoo.tests import tagged

from .common import LOOKED_AT, AttendanceCase


@tagged("post_install", "-at_install")
class TestAttendanceNotices(AttendanceCase):
    """Parents are told of a missing child only when it should be here."""

    def _missed(self):
        excused = self.env["access.notice"]._get_excused_ids(self.school, LOOKED_AT)
        return self.kids.filtered(lambda kid: kid.id not in excused)

    def test_a_child_who_has_not_come_is_missed(self):
        self.school.attendance_mode = "propose"
        self._morning()
        self.assertEqual(self._missed(), self.absentee)

    def test_a_child_whose_absence_the_gate_reported_is_missed(self):
        self.school.attendance_mode = "automatic"
        self._order(self.kids)
        self._morning()
        self.assertEqual(self._day().absence_source, "access")
        self.assertEqual(self._missed(), self.absentee)

    def test_a_child_reported_ill_is_not_missed(self):
        self._report(self.absentee)
        self._morning()
        self.assertFalse(self._missed())

    def test_a_silent_gate_misses_nobody(self):
        self._come(self.kids - self.absentee)
        self._at(LOOKED_AT + timedelta(minutes=1))
        self.school._attend()
        self.assertFalse(self._missed())

    def _report(self, student):
        self.env["meal.absence"]._report(
            student, LOOKED_AT.date(), LOOKED_AT.date(), reason="illness",
            source="parent",
        )  # fmt: skip
