from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.school_attendance.domain.forecast import Day, forecast
from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401

FIRST = date(2026, 9, 1)
DAYS = st.lists(
    st.tuples(st.integers(0, 80), st.integers(0, 900), st.integers(0, 1000)),
    max_size=60,
    unique_by=lambda row: row[0],
).map(lambda rows: [Day(FIRST + timedelta(n), *counts) for n, *counts in rows])


@tagged("post_install", "-at_install")
class TestForecastDomain(BaseCase):
    @given(days=DAYS, ahead=st.integers(1, 40), expected=st.integers(0, 900))
    def test_never_nonsense(self, days, ahead, expected):
        target = FIRST + timedelta(80 + ahead)
        made = forecast(days, target, expected)
        known = [day for day in days if day.expected]
        self.assertEqual(made is None, not known)
        if made:
            most = max([1.0] + [day.portions / day.expected for day in known])
            self.assertGreaterEqual(made.portions, 0)
            self.assertLessEqual(made.portions, most * expected + 1)

    @given(share=st.floats(0.2, 1), expected=st.integers(50, 900))
    def test_a_steady_school_is_foretold(self, share, expected):
        days = [
            Day(FIRST + timedelta(n), 400, round(400 * share))
            for n in range(60)
            if (FIRST + timedelta(n)).weekday() < 5
        ]
        made = forecast(days, FIRST + timedelta(62), expected)
        near = 0.01 * expected + 1
        self.assertAlmostEqual(made.portions, share * expected, delta=near)

    def test_the_future_is_not_known(self):
        days = [Day(FIRST + timedelta(n), 100, 90) for n in range(20)]
        later = [Day(FIRST + timedelta(n), 100, 10) for n in range(20, 40)]
        target = FIRST + timedelta(20)
        self.assertEqual(
            forecast(days, target, 100), forecast(days + later, target, 100)
        )

    def test_better_than_naive_where_the_week_has_a_shape(self):
        """Friday 15 % down, noise, one closed kitchen, a vacation of nine days."""
        noise = [3, -2, 1, -4, 2, 0, -1, 4, -3, 2, -2]
        days, errors, naive_errors = [], 0, 0
        for n in range(80):
            day = FIRST + timedelta(n)
            if day.weekday() > 4 or 40 <= n < 49:
                continue
            portions = 340 - 50 * (day.weekday() == 4) + 3 * noise[n % 11]
            portions = 0 if n == 30 else portions
            made = forecast(days, day, 400)
            if n > 20 and n != 30:
                errors += abs(made.portions - portions)
                naive_errors += abs(made.naive - portions)
            days.append(Day(day, 400, portions))
        self.assertLess(errors, 0.8 * naive_errors)
