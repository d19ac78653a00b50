from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401
from odoo.addons.school_meal_day.domain import timesheet

from .timesheet_common import MONTH

NUMBERS = st.integers(1, 30)
DAYS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=30, max_size=30)


class TestRows(BaseCase):
    """The rows add up, whatever the month was like."""

    @staticmethod
    def _days(flags):
        return [
            timesheet.Day(day, "school", is_off, is_known or is_off)
            for day, (is_off, is_known) in zip(
                timesheet.month_days(MONTH), flags, strict=True
            )
        ]

    @staticmethod
    def _students(spans):
        return [
            timesheet.Student(
                number, str(number), "", ((MONTH.replace(day=min(span)), None),)
            )
            for number, span in enumerate(spans)
        ]

    @given(
        DAYS,
        st.lists(st.tuples(NUMBERS, NUMBERS), max_size=4),
        st.lists(
            st.tuples(
                st.integers(0, 3),
                NUMBERS,
                NUMBERS,
                st.sampled_from(sorted(timesheet.REASON_TEXTS)),
            ),
            max_size=8,
        ),
    )
    def test_every_day_of_a_child_is_one_thing(self, flags, spans, absences):
        days = self._days(flags)
        body = timesheet.attendance(
            days,
            self._students(spans),
            [
                timesheet.Absence(
                    student,
                    MONTH.replace(day=min(ends)),
                    MONTH.replace(day=max(ends)),
                    reason,
                )
                for student, *ends, reason in absences
            ],
        )
        for row in body["rows"]:
            others = sum(row["marks"].count(mark) for mark in ("В", "–", "?"))
            self.assertEqual(row["payable"] + row["missed"] + others, 30)
            self.assertLessEqual(row["excused"], row["missed"])
        known = [n for n in range(30) if body["present"][n] is not None]
        for n in known:
            here = sum(row["marks"][n] != "–" for row in body["rows"])
            self.assertEqual(body["present"][n] + body["absent"][n], here)
        self.assertEqual(sum(body["absent"][n] for n in known), body["missed"])

    @given(
        DAYS,
        st.lists(
            st.tuples(
                st.integers(0, 3),
                NUMBERS,
                st.sampled_from(sorted(timesheet.MEAL_MARKS)),
                st.integers(1, 20_000),
                st.integers(0, 20_000),
            ),
            max_size=30,
        ),
    )
    def test_money_adds_up_in_every_direction(self, flags, eaten):
        portions = [
            timesheet.Portion(
                student,
                MONTH.replace(day=day),
                meal,
                meal,
                a + b,
                (("town", a), *((("parent", b),) if b else ())),
            )
            for student, day, meal, a, b in eaten
        ]
        body = timesheet.meals(
            self._days(flags),
            self._students([(1, 30)] * 4),
            portions,
            [("town", "Town", False), ("parent", "Parents", True)],
        )
        total = sum(portion.price for portion in portions)
        self.assertEqual(body["total"], total)
        self.assertEqual(sum(row["total"] for row in body["rows"]), total)
        self.assertEqual(sum(body["day_totals"]), total)
        self.assertEqual(sum(body["parts"].values()), total)
        self.assertEqual(
            sum(each["price"] * each["portions"] for each in body["prices"]), total
        )
        marks = sum(
            len(mark)
            for row in body["rows"]
            for mark in row["marks"]
            if mark not in ("В", "–", "?")
        )
        self.assertEqual(marks, len(portions))
