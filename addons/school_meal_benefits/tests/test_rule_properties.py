from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.school_meal_base.domain.school_days import is_working_day
from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401
from odoo.addons.school_meal_benefits.domain import (
    combine,
    deadlines,
    entitlement_dates,
    grants,
)
from odoo.addons.school_meal_benefits.domain.entitlement_dates import (
    Case,
    End,
    Span,
    Stay,
)

# official transfers are known for these years; further ones follow the law only
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 25))
# year ends, the leap day, transferred holidays: what random days rarely meet
EDGES = st.sampled_from(
    [
        date(2023, 12, 29),
        date(2024, 2, 28),
        date(2024, 2, 29),
        date(2024, 4, 26),
        date(2024, 4, 27),
        date(2024, 8, 31),
        date(2024, 9, 1),
        date(2024, 12, 28),
        date(2025, 10, 31),
        date(2025, 12, 30),
        date(2026, 12, 30),
        date(2026, 12, 31),
        date(2027, 2, 19),
        date(2027, 2, 20),
    ]
)
ANY_DAY = st.one_of(EDGES, DAYS)
RULES = st.sampled_from(entitlement_dates.START_RULES)
VALIDITIES = st.sampled_from(["school_year", "stage", "document"])
MEALS = st.lists(st.sampled_from(grants.MEALS), max_size=4, unique=True)


@st.composite
def cases(draw):
    applied = draw(ANY_DAY)
    decided = applied + timedelta(days=draw(st.integers(0, 40)))
    return Case(
        draw(st.integers(2023, 2027)),
        decided,
        applied,
        enrolled_on=draw(st.none() | ANY_DAY),
        remote_from=draw(ANY_DAY),
        document_to=draw(st.none() | ANY_DAY),
        grade=draw(st.integers(1, 11)),
    )


ENDS = st.lists(st.builds(End, st.sampled_from(["left", "stage"]), ANY_DAY), max_size=3)


class TestTerms(BaseCase):
    @given(ANY_DAY, st.integers(0, 10))
    def test_a_term_ends_on_a_working_day_and_counts_only_such(self, day, count):
        end = deadlines.due(day, count)
        self.assertTrue(is_working_day(end))
        span = (day + timedelta(days=step) for step in range(1, (end - day).days + 1))
        between = sum(map(is_working_day, span))
        # nought working days on a day off is the next working day
        self.assertEqual(between, count or int(end > day))

    @given(ANY_DAY, st.integers(1, 10))
    def test_a_longer_term_ends_later(self, day, count):
        self.assertLess(deadlines.due(day, count), deadlines.due(day, count + 1))

    @given(ANY_DAY, ANY_DAY, st.integers(1, 10))
    def test_a_later_event_never_ends_a_term_earlier(self, one, other, count):
        first, second = sorted((one, other))
        self.assertLessEqual(deadlines.due(first, count), deadlines.due(second, count))

    @given(ANY_DAY, st.integers(0, 60))
    def test_calendar_days_are_never_cut(self, day, count):
        end = deadlines.due_calendar(day, count)
        self.assertGreaterEqual((end - day).days, count)
        self.assertTrue(is_working_day(end))

    @given(ANY_DAY, st.integers(1, 10))
    def test_as_many_days_are_left_as_the_term_has(self, day, count):
        end = deadlines.due(day, count)
        self.assertEqual(deadlines.days_left(day, end), count)
        self.assertEqual(deadlines.days_left(end, end), 0)
        after = deadlines.due(end, 1)
        self.assertEqual(deadlines.days_left(after, end), -1)

    @given(ANY_DAY, ANY_DAY)
    def test_a_missed_term_is_missed_whatever_is_done_later(self, today, due_on):
        late = due_on + timedelta(days=1)
        self.assertTrue(deadlines.is_overdue(max(today, late), due_on))
        self.assertEqual(deadlines.state(today, due_on, late), deadlines.DONE_LATE)
        self.assertEqual(
            deadlines.state(today, due_on) == deadlines.OVERDUE, today > due_on
        )

    @given(ANY_DAY, st.none() | ANY_DAY)
    def test_compensation_is_paid_after_its_month_and_by_the_20th(self, month, decided):
        paid = deadlines.payment_due(month, decided)
        self.assertTrue(is_working_day(paid))
        self.assertLessEqual(paid.day, 20)
        for day in filter(None, (month, decided)):
            self.assertGreater((paid.year, paid.month), (day.year, day.month))


class TestDates(BaseCase):
    @given(RULES, cases(), ENDS, VALIDITIES)
    def test_a_right_begins_with_its_reasons_and_ends_with_the_first(
        self, rule, case, ends, validity
    ):
        span = entitlement_dates.span(rule, case, ends, validity)
        first = entitlement_dates.start(rule, case)[0]
        last = min(
            [entitlement_dates.planned_end(validity, case).last_day]
            + [end.last_day for end in ends]
        )
        if span is None:
            self.assertLess(last, first)
            return
        self.assertEqual(span[:2], (first, last))
        self.assertLessEqual(span.date_from, span.date_to)
        if case.enrolled_on:
            self.assertGreaterEqual(span.date_from, case.enrolled_on)

    @given(cases())
    def test_meals_never_begin_before_the_decision(self, case):
        first, _why = entitlement_dates.start(entitlement_dates.BY_DECISION, case)
        self.assertGreaterEqual(first, case.decided_on)

    @given(RULES, cases(), ENDS, ANY_DAY)
    def test_another_end_never_prolongs_a_right(self, rule, case, ends, day):
        before = entitlement_dates.span(rule, case, ends)
        after = entitlement_dates.span(rule, case, [*ends, End("ground_lost", day)])
        if before is None:
            self.assertIsNone(after)
        elif after is not None:
            self.assertEqual(after.date_from, before.date_from)
            self.assertEqual(after.date_to, min(before.date_to, day))

    @given(RULES, cases(), ENDS)
    def test_a_right_of_a_school_year_stays_inside_it(self, rule, case, ends):
        span = entitlement_dates.span(rule, case, ends)
        if span:
            first, last = entitlement_dates.school_year_bounds(case.school_year)
            self.assertTrue(first <= span.date_from <= span.date_to <= last)

    @given(ANY_DAY, st.none() | st.integers(0, 20))
    def test_a_late_report_never_pays_more_than_one_in_time(self, ended_on, after):
        reported = None if after is None else ended_on + timedelta(days=after)
        report = entitlement_dates.service_end(ended_on, reported)
        in_time = entitlement_dates.service_end(ended_on, report.due_on)
        self.assertLessEqual(report.end.last_day, in_time.end.last_day)
        self.assertGreaterEqual(report.end.last_day, ended_on)
        self.assertEqual(report.is_late, reported is None or reported > report.due_on)

    @given(
        ANY_DAY,
        st.integers(0, 365),
        st.lists(st.tuples(st.integers(0, 120), st.integers(0, 20)), max_size=5),
    )
    def test_moves_lose_and_double_no_day_of_a_right(self, first, length, moves):
        right = Span(first, first + timedelta(days=length), "decision", "school_year")
        stays, begin = [], first - timedelta(days=30)
        for number, (days, gap) in enumerate(moves):
            stays.append(Stay(number, begin, begin + timedelta(days=days)))
            begin += timedelta(days=days + 1 + gap)
        stays.append(Stay(len(moves), begin))
        used = [
            day
            for _school, start, end in entitlement_dates.by_school(right, stays)
            for day in days_of(start, end)
        ]
        enrolled = {
            day
            for stay in stays
            for day in days_of(stay.enrolled_on, stay.left_on or right.date_to)
        }
        expected = [
            day for day in days_of(right.date_from, right.date_to) if day in enrolled
        ]
        self.assertEqual(used, expected)


class TestMeals(BaseCase):
    @given(st.lists(st.tuples(st.integers(1, 5), MEALS, st.booleans()), max_size=5))
    def test_every_meal_granted_is_paid_once(self, rights):
        entitled = [
            combine.Entitled(
                number,
                str(number),
                priority,
                meals=tuple(meals),
                combination="additional" if additional else "exclusive",
            )
            for number, (priority, meals, additional) in enumerate(rights)
        ]
        paid = combine.allocate(entitled).meals
        granted = {meal for each in entitled for meal in each.meals}
        self.assertEqual(set(paid), granted)
        for meal, payer in paid.items():
            self.assertIn(meal, entitled[payer].meals)
        self.assertEqual(combine.allocate(reversed(entitled)).meals, paid)
        self.assertFalse(combine.double_paid(paid.items()))

    @given(
        st.sampled_from(["onsite", "home", "remote", "family"]),
        st.booleans(),
        MEALS,
    )
    def test_money_and_meals_are_never_given_on_one_day(self, form, onsite, meals):
        day = combine.allocate(
            [
                combine.Entitled(1, "m", 1, "meals", tuple(meals)),
                combine.Entitled(2, "c", 1, "money"),
            ],
            form,
            onsite,
        )
        self.assertFalse(day.meals and day.money)


def days_of(first, last):
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]
