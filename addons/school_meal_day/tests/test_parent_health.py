from odoo.tests import tagged

from .order_common import LATE, MONDAY, TUESDAY
from .parent_common import ParentCase

NUTS = "Test nuts"


@tagged("post_install", "-at_install")
class TestParentHealth(ParentCase):
    """What a family is told of a meal with an allergen of the child."""

    def _health(self, student=None, meal=None, user=None):
        student = student or self.student
        [day] = self._days(student=student, user=user)
        meals = {each["id"]: each["health"] for each in day["meals"]}
        return meals[(meal or self.lunch).id]

    def _code(self, *args, **kwargs):
        return self._health(*args, **kwargs)["code"]

    def _set(self, student=None, meal=None, **kwargs):
        student, meal = student or self.student, meal or self.lunch
        return self._api()._set_choice(student.id, meal.id, "order", **kwargs)

    def test_a_standing_choice_that_is_not_ordered_is_told(self):
        self._set()
        menu = self._serve_nuts(self.student)
        for code in ("leaving", "not_ordered"):
            health = self._health()
            self.assertEqual((health["code"], health["allergens"]), (code, [NUTS]))
            self.assertIn(NUTS, health["message"])
            self._generate()
        self.assertEqual(self._state(), "cancelled")
        self.assertIsNone(self._health(meal=self.breakfast))
        menu.line_ids.dish_id.allergen_ids = False
        self.assertIsNone(self._health())

    def test_the_choice_tells_its_days(self):
        self._serve_nuts(self.student)
        self._set()
        self._serve_nuts(self.student, date=TUESDAY, meal=self.breakfast)
        [choice] = self._api()._get_choices(self.student.id)
        self.assertEqual(
            [(day["date"], day["code"]) for day in choice["withheld"]],
            [(str(MONDAY), "not_ordered")],
        )
        self.student.allergen_ids = False
        [choice] = self._api()._get_choices(self.student.id)
        self.assertEqual(choice["withheld"], [])

    def test_a_day_of_absence_is_not_told_as_an_allergen(self):
        self._serve_nuts(self.student)
        self._set()
        for _generated in (False, True):
            absence = self._report(self.student)
            self.assertIsNone(self._health())
            [choice] = self._api()._get_choices(self.student.id)
            self.assertEqual(choice["withheld"], [])
            absence._withdraw()
            self.assertEqual(self._code(), "not_ordered")
            self._generate()

    def test_an_order_that_will_get_the_usual_set_is_told_so(self):
        self._set(self.sibling, self.breakfast, variant_id=self.kosher.id)
        self._generate()
        self._serve_nuts(
            self.sibling,
            meal=self.breakfast,
            age_group=self.young,
            variant=self.kosher,
        )
        order = self._orders(self.sibling, meal=self.breakfast)
        self.assertEqual(order.variant_id, self.kosher)
        for _generated in (False, True):
            self.assertEqual(self._code(self.sibling, self.breakfast), "other_set")
            self._generate()
        self.assertFalse(order.variant_id)

    def test_a_meal_that_nobody_chose_cannot_be_ordered(self):
        self._serve_nuts(self.student)
        self.assertEqual(self._code(), "unsuitable")
        [answer] = self._api()._change_meal(
            self.student.id, self.lunch.id, True, [str(MONDAY)]
        )
        self.assertEqual((answer["status"], answer["code"]), ("refused", "allergen"))
        self.assertIn(NUTS, answer["message"])
        self.assertFalse(self._orders(self.student))

    def test_what_a_parent_took_off_is_not_withheld(self):
        self._set()
        self._change(False)
        self._serve_nuts(self.student)
        self.assertEqual(self._code(), "unsuitable")

    def test_a_free_meal_is_replaced(self):
        self._serve_nuts(self.sibling, meal=self.breakfast, age_group=self.young)
        for _generated in (False, True):
            self.assertEqual(self._code(self.sibling, self.breakfast), "replaced")
            self._generate()
        self.assertEqual(self._state(self.sibling, meal=self.breakfast), "ordered")
        self._api()._set_choice(self.sibling.id, self.breakfast.id, "decline")
        self.assertEqual(self._code(self.sibling, self.breakfast), "unsuitable")

    def test_a_free_meal_of_the_usual_set_instead_of_the_chosen(self):
        self._serve_nuts(age_group=self.young).line_ids.meal_type_id = self.breakfast
        self.sibling.allergen_ids = False
        usual = self.env["meal.menu"].search(
            [("school_id", "=", self.school.id), ("date", "=", MONDAY)]
        )
        usual.line_ids.dish_id.allergen_ids = False
        self._serve_nuts(
            self.sibling,
            meal=self.breakfast,
            age_group=self.young,
            variant=self.kosher,
        )
        self._set(self.sibling, self.breakfast, variant_id=self.kosher.id)
        self.assertEqual(self._code(self.sibling, self.breakfast), "other_set")
        [choice] = self._api()._get_choices(self.sibling.id)
        self.assertEqual(choice["withheld"][0]["code"], "other_set")
        order = self._orders(self.sibling, meal=self.breakfast)
        self.assertEqual((order.state, order.variant_id.id), ("ordered", False))

    def test_a_menu_that_came_later_is_told_of_an_order(self):
        self._change(True)
        self._serve_nuts(self.student)
        self.assertEqual(self._code(), "replaced")

    def test_who_only_pays_is_not_told_which_allergen(self):
        self.grandmother_row.may_pay = True
        self._serve_nuts(self.student)
        self._set()
        health = self._health(user=self.grandmother_user)
        self.assertEqual((health["code"], health["allergens"]), ("not_ordered", []))
        self.assertNotIn("nuts", health["message"])

    def test_the_sentence_is_in_the_language_of_the_parent(self):
        self._serve_nuts(self.student)
        self._set()
        self.env["res.lang"]._activate_lang("ru_RU")
        api = self._api().with_context(lang="ru_RU")
        [day] = api._get_days(self.student.id, str(MONDAY), str(MONDAY))
        [health] = [m["health"] for m in day["meals"] if m["id"] == self.lunch.id]
        self.assertEqual(health["code"], "not_ordered")

    def test_months_of_an_allergic_child_cost_few_queries(self):
        self._serve_nuts(self.student)
        self._set()
        self._days()
        counts = []
        for last in (MONDAY, MONDAY.replace(month=12, day=31)):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._days(MONDAY, last)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)

    def test_after_the_cut_off_it_is_still_told(self):
        self._serve_nuts(self.student)
        self._set()
        self._at(LATE)
        self.school._pass_cutoffs(MONDAY)
        self.assertEqual(self._code(), "not_ordered")
