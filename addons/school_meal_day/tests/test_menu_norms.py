from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401
from odoo.addons.school_meal_day.domain import menu_norms, recipes
from odoo.addons.school_meal_day.domain.menu_norms import Line, Norm

GRAMS = st.floats(0, 5000, allow_nan=False)
LINES = st.lists(
    st.builds(
        Line,
        st.integers(0, 30),
        st.integers(1, 6),
        st.one_of(st.none(), st.integers(1, 4)),
        st.integers(1, 5),
        GRAMS,
        GRAMS,
        GRAMS,
        GRAMS,
        GRAMS,
    ),
    max_size=30,
)
NORMS = st.lists(
    st.builds(
        Norm,
        st.integers(1, 99),
        st.sampled_from(
            ["daily_need", "energy_share", "portion_mass", "meal_mass", "repeat_gap"]
        ),
        GRAMS,
        GRAMS,
        st.one_of(st.none(), st.integers(1, 6)),
        st.one_of(st.none(), st.integers(1, 4)),
        st.sampled_from([None, *menu_norms.NUTRIENTS]),
        st.floats(0, 50),
    ),
    max_size=12,
)
DAY_NORMS = [
    Norm(1, "daily_need", 2350, nutrient="energy", tolerance=5),
    Norm(2, "energy_share", 20, 25, meal=1, tolerance=5),
    Norm(3, "energy_share", 30, 35, meal=3, tolerance=5),
    Norm(4, "meal_mass", 500, meal=1),
]


@tagged("post_install", "-at_install")
class TestNorms(BaseCase):
    @given(LINES, NORMS, st.integers(0, 28))
    def test_odd_menus_and_norms_are_compared_all_the_same(self, lines, norms, length):
        found = menu_norms.check(lines, norms, length)
        self.assertEqual([d.day for d in found], sorted(d.day for d in found))
        days = {line.day for line in lines}
        for deviation in found:
            self.assertIn(deviation.day, days)
            self.assertIn(deviation.norm, {norm.id for norm in norms})

    @given(st.integers(1, 10), NORMS)
    def test_nothing_served_deviates_from_nothing(self, _days, norms):
        self.assertEqual(menu_norms.check([], norms), [])

    def _kinds(self, *lines, norms=tuple(DAY_NORMS)):
        return [deviation.kind for deviation in menu_norms.check(lines, norms)]

    def test_two_meals_are_compared_with_their_share_of_the_day(self):
        breakfast = Line(1, 1, None, 1, mass=500, energy=0.22 * 2350)
        lunch = Line(1, 3, None, 2, mass=700, energy=0.33 * 2350)
        self.assertEqual(self._kinds(breakfast, lunch), [])
        poor = lunch._replace(energy=0.2 * 2350)
        self.assertEqual(self._kinds(breakfast, poor), ["energy_share", "daily_need"])
        rich = lunch._replace(energy=0.5 * 2350)
        self.assertEqual(self._kinds(breakfast, rich), ["energy_share", "daily_need"])

    def test_bounds_themselves_and_the_tolerance_are_no_deviation(self):
        lunch = Line(1, 3, None, 2, energy=0.25 * 2350)
        self.assertEqual(self._kinds(lunch, norms=DAY_NORMS[1:3]), [])
        breakfast = Line(1, 1, None, 1, mass=499, energy=0.2 * 2350)
        self.assertEqual(self._kinds(breakfast), ["meal_mass"])

    def test_an_unknown_share_leaves_the_day_alone(self):
        snack = Line(1, 4, None, 1, energy=10)
        self.assertEqual(self._kinds(snack), [])

    def test_repeats_go_round_the_end_of_a_cycle(self):
        lines = [Line(1, 3, 7, 1), Line(10, 3, 7, 1), Line(5, 3, 7, 2)]
        norms = [Norm(1, "repeat_gap", 2, section=7)]
        self.assertEqual(menu_norms.check(lines, norms), [])
        found = menu_norms.check(lines, norms, cycle_length=10)
        self.assertEqual([(d.day, d.dish, d.measured) for d in found], [(1, 1, 1)])

    def test_the_same_dish_twice_a_day_is_a_repeat(self):
        lines = [Line(1, 1, 7, 1), Line(1, 3, 7, 1)]
        found = menu_norms.check(lines, [Norm(1, "repeat_gap", 2, section=7)])
        self.assertEqual([d.measured for d in found], [0])

    def test_other_sections_may_repeat(self):
        lines = [Line(1, 1, 8, 1), Line(2, 1, 8, 1), Line(3, 1, None, 2)]
        self.assertEqual(
            menu_norms.check(lines, [Norm(1, "repeat_gap", 2, section=7)]), []
        )


@tagged("post_install", "-at_install")
class TestRecipes(BaseCase):
    @given(
        st.dictionaries(
            st.integers(1, 6),
            st.lists(st.tuples(st.integers(1, 9), st.floats(0.1, 500)), max_size=4),
        ),
        st.dictionaries(st.integers(1, 6), st.floats(1, 500)),
    )
    def test_any_recipe_comes_to_an_end(self, parts, outputs):
        for dish in range(1, 7):
            needs = recipes.explode(dish, parts, outputs)
            self.assertTrue(all(grams > 0 for grams in needs.values()))
            names = {key: [part for part, _g in own] for key, own in parts.items()}
            path = recipes.find_cycle(dish, names)
            self.assertFalse(path and path[0] != path[-1])
