from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401
from odoo.addons.school_meal_day.domain.funding import Part, split

from .common import MONDAY, MealDayCase

PARTS = st.lists(
    st.one_of(
        st.builds(Part, st.integers(1, 4), st.just("amount"), st.integers(1, 20_000)),
        st.builds(Part, st.integers(1, 4), st.just("percent"), st.integers(1, 10_000)),
        st.builds(Part, st.integers(1, 4), st.just("rest")),
    ),
    max_size=5,
)


class TestSplit(BaseCase):
    @given(st.integers(1, 100_000), PARTS)
    def test_parts_are_the_price(self, price, parts):
        shares = split(price, parts, 9)
        self.assertEqual(sum(amount for _source, amount in shares), price)
        self.assertTrue(all(amount > 0 for _source, amount in shares))
        sources = [source for source, _amount in shares]
        self.assertEqual(len(sources), len(set(sources)))


@tagged("post_install", "-at_install")
class TestPricing(MealDayCase):
    def _price(self, student, meal, date=MONDAY):
        prices = self.env["meal.pricing"]._get_price_list(student.school_id, date)
        categories = student._get_meal_categories(date).get(student.id, ())
        age = self.young if student.class_id.grade <= 4 else self.older
        return prices.get_price(meal.id, age.id, categories=categories)

    def test_free_breakfast_of_the_young(self):
        price = self._price(self.sibling, self.breakfast)
        self.assertEqual(price.price, 8530)
        self.assertEqual(
            price.parts, ((self.regional.id, 5971), (self.municipal.id, 2559))
        )

    def test_others_pay(self):
        for student, meal, kopecks in (
            (self.student, self.breakfast, 9810),
            (self.sibling, self.lunch, 11000),
        ):
            with self.subTest(meal=meal.code):
                price = self._price(student, meal)
                self.assertEqual(price.parts, ((self.parent_source.id, kopecks),))

    def test_own_price_of_a_school_from_its_day_on(self):
        self.tariffs.create(
            self._prepare_tariff(
                self.breakfast,
                self.older,
                77,
                school_id=self.school.id,
                date_from=MONDAY,
            )
        )
        self.assertEqual(self._price(self.student, self.breakfast).price, 7700)
        before = MONDAY.replace(day=13)
        self.assertEqual(self._price(self.student, self.breakfast, before).price, 9810)

    def test_no_tariff_no_price(self):
        self.tariffs.filtered(lambda t: t.meal_type_id == self.lunch).unlink()
        self.assertIsNone(self._price(self.student, self.lunch))
