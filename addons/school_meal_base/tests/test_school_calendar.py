from datetime import date, datetime

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import SchoolMealCase


@tagged("post_install", "-at_install")
class TestSchoolCalendar(SchoolMealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["school.calendar"]
        cls.monday = date(2026, 11, 23)

    def _period(self, kind, day, **places):
        return self.env["school.calendar.period"].create(
            {"kind": kind, "company_id": self.city.id, "date_from": day, **places}
        )

    def test_saturday_is_a_school_day_only_in_a_six_day_week(self):
        saturday = date(2026, 11, 21)
        self.assertFalse(self.calendar._is_school_day(saturday, self.school))
        self.school.week_days = "6"
        self.assertTrue(self.calendar._is_school_day(saturday, self.school))

    def test_holidays_and_working_saturdays_are_known(self):
        self.assertFalse(self.calendar._is_school_day(date(2026, 11, 4), self.school))
        self.assertTrue(self.calendar._is_school_day(date(2025, 11, 1), self.school))

    def test_a_vacation_of_the_municipality_closes_its_schools_only(self):
        self._period("vacation", self.monday)
        self.assertFalse(self.calendar._is_school_day(self.monday, self.school))
        self.assertFalse(self.calendar._is_school_day(self.monday, self.second_school))
        self.assertTrue(self.calendar._is_school_day(self.monday, self.other_school))

    def test_a_period_of_one_school_leaves_the_others_open(self):
        self._period("day_off", self.monday, school_ids=self.school.ids)
        self.assertFalse(self.calendar._is_school_day(self.monday, self.school))
        self.assertTrue(self.calendar._is_school_day(self.monday, self.second_school))

    def test_quarantine_of_a_class_closes_this_class_only(self):
        period = self._period("quarantine", self.monday, class_ids=self.class_5a.ids)
        self.assertEqual(period.school_ids, self.school)
        is_open = self.calendar._is_school_day
        self.assertFalse(is_open(self.monday, self.school, self.class_5a))
        self.assertTrue(is_open(self.monday, self.school, self.class_1b))
        self.assertTrue(is_open(self.monday, self.school))

    def test_an_extra_day_of_a_school_beats_the_vacation_of_all(self):
        self._period("vacation", self.monday)
        self._period("extra_day", self.monday, school_ids=self.school.ids)
        self.assertTrue(self.calendar._is_school_day(self.monday, self.school))
        self.assertEqual(
            self.calendar._day_kind(self.monday, self.second_school), "vacation"
        )

    def test_school_days_of_a_month_leave_out_all_that_is_closed(self):
        span = date(2026, 11, 1), date(2026, 11, 30)
        whole = self.calendar._school_days(*span, self.school)
        self.assertEqual(len(whole), 20)
        self._period("remote", self.monday, class_ids=self.class_5a.ids)
        of_class = self.calendar._school_days(*span, self.school, self.class_5a)
        self.assertEqual(set(whole) - set(of_class), {self.monday})

    def test_the_next_school_day_comes_after_the_vacation(self):
        self._period("vacation", self.monday, date_to=date(2026, 11, 29))
        self.assertEqual(
            self.calendar._next_school_day(date(2026, 11, 20), self.school),
            date(2026, 11, 30),
        )

    def test_working_days_are_counted_over_holidays(self):
        add = self.calendar._add_working_days
        self.assertEqual(add(date(2026, 12, 30), 2), date(2027, 1, 12))
        self.assertEqual(add(date(2026, 11, 3), 1), date(2026, 11, 5))

    def test_the_local_day_begins_at_local_midnight(self):
        local_date = self.calendar._local_date
        self.assertEqual(  # 23:59 in Moscow
            local_date(self.school, datetime(2026, 11, 22, 20, 59)), date(2026, 11, 22)
        )
        self.assertEqual(  # midnight in Moscow
            local_date(self.school, datetime(2026, 11, 22, 21, 0)), date(2026, 11, 23)
        )
        self.assertEqual(  # 23:59 in Novokuznetsk, UTC+7
            local_date(self.other_school, datetime(2026, 11, 22, 16, 59)),
            date(2026, 11, 22),
        )
        self.assertEqual(
            local_date(self.other_school, datetime(2026, 11, 22, 17, 0)),
            date(2026, 11, 23),
        )

    def test_bounds_of_local_days_agree_with_local_dates(self):
        for school in self.school + self.other_school:
            start, end = self.calendar._utc_bounds(school, self.monday)
            self.assertEqual(self.calendar._local_date(school, start), self.monday)
            self.assertEqual((end - start).total_seconds(), 24 * 3600)
            self.assertGreater(self.calendar._local_date(school, end), self.monday)

    def test_a_period_cannot_mix_municipalities(self):
        with self.assertRaises(ValidationError):
            self._period("vacation", self.monday, school_ids=self.other_school.ids)
