"""The rules of a day without a database: whatever is decided about whatever facts."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401
from odoo.addons.school_meal_day.domain import day_closing

WHO, MEAL = st.integers(1, 4), st.integers(1, 2)
STATES = st.sampled_from(
    ["ordered", "cooked", "freed", "passed_on", "written_off", "cancelled"]
)


@tagged("post_install", "-at_install")
class TestClosingRules(BaseCase):
    @given(
        st.dictionaries(st.tuples(WHO, MEAL), STATES, max_size=8),
        st.lists(st.tuples(WHO, MEAL), max_size=6),
        st.sets(WHO),
        st.sets(WHO),
        st.randoms(use_true_random=False),
    )
    def test_who_was_not_taught_is_not_charged(
        self, orders, events, untaught, absent, random
    ):
        day = day_closing.Day(
            [
                day_closing.Order(n, who, meal, state, who not in untaught)
                for n, ((who, meal), state) in enumerate(orders.items(), 1)
            ],
            [
                day_closing.Event(n, who, meal, is_taught=who not in untaught)
                for n, (who, meal) in enumerate(events, 1)
            ],
            absent=absent,
        )
        decisions = {
            (found.kind, found.order, found.event): random.choice(
                [
                    outcome
                    for outcome in day_closing.ALLOWED[found.kind]
                    if outcome != day_closing.ISSUED_IN_FACT  # becomes an event
                ]
            )
            for found in day.examine()
        }
        portions = day.settle(decisions)
        charged = {portion.student for portion in portions if portion.payer}
        self.assertFalse(charged & untaught)
        # Every ordered portion and every issue is one portion, and no more.
        live = [order.id for order in day.orders if order.state != "cancelled"]
        self.assertEqual(
            sorted(portion.order for portion in portions if portion.order), live
        )
        self.assertEqual(
            sorted(portion.event for portion in portions if portion.event),
            [event.id for event in day.events],
        )
        by_rules = [
            (each.student, each.meal) for each in portions if each.payer == "rules"
        ]
        self.assertEqual(len(by_rules), len(set(by_rules)))
