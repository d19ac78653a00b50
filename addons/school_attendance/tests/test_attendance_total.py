from odoo.tests import tagged

from .common import AttendanceCase


@tagged("post_install", "-at_install")
class TestAttendanceTotal(AttendanceCase):
    def test_totals_are_those_of_the_days(self):
        self._report(self.classmate, reason="illness", source="parent")
        self._morning()
        totals = self.env["attendance.total"].search(
            [("class_id", "=", self.class_5a.id)]
        )
        self.assertEqual(sum(totals.mapped("student_count")), 10)
        self.assertEqual(sum(totals.mapped("came_count")), 8)
        self.assertEqual(sum(totals.mapped("absent_count")), 2)
        ill = totals.filtered(lambda one: one.reason == "illness")
        self.assertEqual((ill.excused_count, ill.absent_count), (1, 1))

    def test_the_rate_is_one_of_children(self):
        """Not the mean of the rows: eight came, two are absent."""
        self._morning()
        [(rate,)] = self.env["attendance.total"]._read_group(
            [("class_id", "=", self.class_5a.id)], [], ["rate:avg"]
        )
        self.assertAlmostEqual(float(rate), 90)

    def test_again_they_are_the_same(self):
        self._morning()
        domain = [("school_id", "=", self.school.id)]
        before = self.env["attendance.total"].search_count(domain)
        self._recount()
        self.assertEqual(self.env["attendance.total"].search_count(domain), before)

    def test_counting_all_day_long_takes_no_numbers(self):
        self._morning()
        tables = ("attendance_day", "attendance_total")
        taken = self._numbers_taken(*tables)
        self._recount()
        self.assertEqual(self._numbers_taken(*tables), taken)

    def test_a_reason_that_nobody_has_any_more_is_forgotten(self):
        self._morning()
        absence = self._report(self.classmate, reason="illness", source="parent")
        self._recount()
        domain = [("class_id", "=", self.class_5a.id), ("reason", "=", "illness")]
        self.assertEqual(self.env["attendance.total"].search(domain).absent_count, 1)
        absence.action_withdraw()
        self._recount()
        self.assertFalse(self.env["attendance.total"].search(domain))
