"""Whatever is decided, ended, revoked and moved: nobody eats free without a decision in
force, and no portion has two payers."""

from datetime import date, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st
from psycopg2.errors import ExclusionViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401
from odoo.addons.school_meal_day.tests.closing_common import NEXT_DAY, NOON
from odoo.addons.school_meal_day.tests.order_common import MONDAY

from .entitle_common import EntitlementCase

ONE_DAY = timedelta(days=1)
LEAP_DAY = date(2028, 2, 29)
#: Days around which dates go wrong: the New Year, a leap day, a transferred holiday,
#: the ends of a school year, the day that is closed and those beside it.
EDGES = (
    date(2026, 9, 1),
    date(2026, 11, 3),
    date(2026, 11, 4),
    MONDAY - ONE_DAY,
    MONDAY,
    MONDAY + ONE_DAY,
    date(2026, 12, 31),
    date(2027, 1, 11),
    date(2027, 8, 31),
    date(2028, 2, 28),
    LEAP_DAY,
    date(2028, 3, 1),
)
#: As many as run in some twenty seconds.
EXAMPLES = 40
days = st.sampled_from(EDGES) | st.dates(date(2026, 9, 1), date(2028, 8, 31))
events = st.one_of(
    st.tuples(st.just("grant"), st.sampled_from(["hot", "ovz", "bused"]), days),
    st.tuples(
        st.just("end"),
        st.integers(0, 5),
        st.tuples(st.sampled_from(["ground_lost", "withdrawn", "mistake"]), days),
    ),
    st.tuples(st.just("revoke"), st.integers(0, 5), st.none()),
    st.tuples(st.just("supersede"), st.integers(0, 5), days),
    st.tuples(st.just("home"), days, st.integers(0, 60)),
    st.tuples(st.just("move"), st.booleans(), st.none()),
)


@tagged("post_install", "-at_install")
class TestEntitlementProperty(EntitlementCase):
    """`sibling` ate a breakfast on Monday, which is closed; today is Tuesday."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bused = cls._add_category(
            "bused",
            meal_category_id=cls.bused_category.id,
            meals=cls.breakfast + cls.lunch,
            combination="additional",
            sequence=1,
        )
        cls.free_rule.copy(
            {
                "name": "Bused",
                "category_id": cls.bused_category.id,
                "meal_type_ids": [(6, 0, (cls.breakfast + cls.lunch).ids)],
            }
        )
        cls.there = cls._new_class(cls.second_school, 1, "А")

    def setUp(self):
        super().setUp()
        self._order(self.sibling, meal_type=self.breakfast)
        self.day = self.env["meal.day"]._get_or_make(self.school, MONDAY)
        self._at(NOON)
        self._give(self.sibling, self.breakfast)
        self._close()
        self._at(NEXT_DAY)

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(st.lists(events, min_size=1, max_size=5))
    @example(
        [
            ("grant", "hot", LEAP_DAY),
            ("grant", "bused", LEAP_DAY),
            ("end", 1, ("ground_lost", LEAP_DAY)),
            ("home", LEAP_DAY, 0),
        ]
    )
    @example(
        [
            ("grant", "hot", LEAP_DAY - ONE_DAY),
            ("end", 0, ("ground_lost", LEAP_DAY)),
            ("grant", "ovz", LEAP_DAY),
        ]
    )
    def test_one_payer_and_only_days_in_force(self, steps):
        savepoint = self.env.cr.savepoint()
        try:
            for step in steps:
                self._take(*step)
            self._check_days()
            self._check_money()
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    # === EVENTS === #

    def _take(self, what, *args):
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                getattr(self, f"_take_{what}")(*args)
                self.env.flush_all()
        except (UserError, ValidationError, ExclusionViolation):
            # what overlaps or contradicts itself is refused, and nothing is left
            self.env.invalidate_all()

    def _take_grant(self, code, day):
        category = {"hot": self.hot, "ovz": self.ovz, "bused": self.bused}[code]
        first = date(day.year if day.month >= 9 else day.year - 1, 9, 1)
        self._grant(self.sibling, category, first, effective_on=day)

    def _pick(self, records, index):
        return records[index % len(records)] if records else records

    def _rights(self):
        return self.entitlements.search([("student_id", "=", self.sibling.id)])

    def _take_end(self, index, how):
        ground, day = how
        self._pick(self._rights(), index)._end(ground, day)

    def _take_revoke(self, index, _nothing):
        ends = self.env["benefit.entitlement.end"].search(
            [("student_id", "=", self.sibling.id), ("revoked_at", "=", False)]
        )
        self._pick(ends, index)._revoke("Not so")

    def _take_supersede(self, index, day):
        right = self._pick(self._rights(), index)
        if right and not right.decision_id.superseded_by_ids:
            decision = self._sign(
                right.decision_id.application_id,
                date(2026, 11, 17),
                supersedes_id=right.decision_id.id,
                effective_on=day,
            )
            self.entitlements._create_from_decisions(decision)

    def _take_home(self, first, length):
        last = first + timedelta(days=length)
        # two at a time are refused by the database: nothing to look at here
        if not self.env["benefit.study.period"].search_count(
            [
                ("student_id", "=", self.sibling.id),
                ("date_from", "<=", last),
                ("date_to", ">=", first),
            ]
        ):
            self._study("home", first, last, self.sibling)

    def _take_move(self, to_other, _nothing):
        place = self.there if to_other else self.class_1b
        if self.sibling.class_id != place:
            self.sibling._transfer(place.school_id, place, date(2026, 11, 17))

    # === WHAT ALWAYS HOLDS === #

    def _check_days(self):
        rights = self._rights()
        periods = self.env["benefit.study.period"].search(
            [("student_id", "=", self.sibling.id)]
        )
        for right in rights:
            ends = right.end_ids.filtered(lambda end: not end.revoked_at)
            last = min([right.date_to, *ends.mapped("last_day")])
            self.assertEqual(right.date_end, last)
            self.assertEqual(right.is_void, last < right.date_from)
            self.assertEqual(right.school_id, self.sibling.school_id)
        edges = {day + step * ONE_DAY for day in EDGES for step in (-1, 0, 1)}
        for right in rights:
            edges |= {right.date_from - ONE_DAY, right.date_end + ONE_DAY}
        # before the regulation it was by grade
        for day in sorted(edge for edge in edges if edge >= EDGES[0]):
            pairs = self._categories(self.sibling, day)
            meals = [meal for _code, meal in pairs]
            self.assertEqual(len(meals), len(set(meals)), "two payers")
            away = any(
                one.date_from <= day and (not one.date_to or day <= one.date_to)
                for one in periods
            )
            in_force = rights.filtered(
                lambda one, day=day: (
                    not one.is_void and one.date_from <= day <= one.date_end
                )
            )
            given_meals = set() if away else set(in_force.meal_type_ids.ids)
            self.assertEqual(set(meals), given_meals, day)
            codes = set(in_force.mapped("meal_category_id.code"))
            self.assertLessEqual({code for code, _meal in pairs}, codes)

    def _check_money(self):
        """Monday's breakfast is paid by a budget exactly if a right covers it."""
        line = self._lines(self.sibling, self.breakfast)
        self.assertEqual(len(line), 1)
        free = self.breakfast.id in {
            meal for _code, meal in self._categories(self.sibling, MONDAY)
        }
        self.assertEqual(bool(line.rule_id), free)
        self.assertEqual(self._balance(self.sibling), 0 if free else -8530)
        budgets = self._fund(self.regional) + self._fund(self.municipal)
        self.assertEqual(budgets, -8530 if free else 0)
        self.assertEqual(self._supplier(), 8530)
