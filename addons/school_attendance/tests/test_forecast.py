from datetime import date, datetime, timedelta

from odoo.tests import tagged

from .common import AttendanceCase

FRIDAY = datetime(2026, 11, 27, 15, 0)


@tagged("post_install", "-at_install")
class TestForecast(AttendanceCase):
    """Ten children eat lunch every school day of November."""

    def setUp(self):
        super().setUp()
        self._at(datetime(2026, 11, 1))
        self.days = self.env["school.calendar"]._school_days(
            date(2026, 11, 9), FRIDAY.date(), self.school, self.class_5a
        )
        for day in self.days:
            self._order(self.kids, day)
        self._at(FRIDAY)
        self.model = self.env["attendance.forecast"]

    def _rows(self, **values):
        domain = [("school_id", "=", self.school.id)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.model.search(domain, order="date")

    def test_the_past_is_told_afterwards(self):
        self.model._make(self.school)
        past = self._rows(is_actual=True, payer="paid")
        # the portions of today are known tomorrow
        self.assertEqual(past.mapped("date"), self.days[:-1])
        self.assertEqual(set(past.mapped("actual")), {10})
        self.assertTrue(all(past.mapped("is_backtest")))

    def test_the_coming_day(self):
        self.model._make(self.school)
        [row] = self._rows(is_actual=False, payer="paid")
        self.assertEqual(row.date, date(2026, 11, 30))
        self.assertEqual((row.predicted, row.naive), (10, 10))
        self.assertFalse(row.is_backtest)

    def test_reported_absences_come_off(self):
        self._report(self.kids[:5], date(2026, 11, 30))
        self.model._make(self.school)
        [row] = self._rows(is_actual=False, payer="paid")
        self.assertEqual(row.expected_count, 6)
        self.assertLess(row.predicted, 7)

    def test_again_changes_nothing_and_the_day_gets_its_number(self):
        self.model._make(self.school)
        self.model._make(self.school)
        [row] = self._rows(is_actual=False)
        self._order(self.kids[:7], row.date)
        self._at(FRIDAY + timedelta(days=4))
        self.model._make(self.school)
        self.assertEqual((row.is_actual, row.actual), (True, 7))
        self.assertEqual((row.error, row.naive_error), (3, 3))

    def test_the_board_is_honest(self):
        self.model._make(self.school)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE attendance_forecast SET predicted = 5 WHERE is_actual"
        )
        for days in (1000, -1000):  # the view reads the clock of the database
            self.env.cr.execute(
                "UPDATE attendance_forecast SET date = date + %s"
                " + CASE WHEN %s > 0 THEN current_date - %s ELSE 0 END",
                [days, days, FRIDAY.date()],
            )
        self.env.invalidate_all()
        [row] = self.env["attendance.forecast.board"].search(
            [("school_id", "=", self.school.id)]
        )
        self.assertEqual((row.mape, row.naive_mape), (50.0, 0.0))
        self.assertEqual(row.better, "naive")
