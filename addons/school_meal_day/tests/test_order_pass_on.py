import psycopg2

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .order_common import LATE, MONDAY, OrderCase


@tagged("post_install", "-at_install")
class TestOrderPassOn(OrderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        cls.young_one = cls._new_student(cls.class_1b, "Malov", "Maxim")
        cls.payer = cls._new_student(cls.class_5a, "Agapov", "Anton")
        cls.env["school.enrolment"].search(
            [("student_id", "in", (cls.young_one + cls.payer).ids)]
        ).write({"date_from": "2026-09-01"})
        cls.nuts = cls.env["school.allergen"].create({"name": "Walnuts", "code": "wn"})

    def _free(self, student=None, meal=None):
        meal = meal or self.breakfast
        order = self._order(student or self.student, meal_type=meal)
        self._at(LATE)
        order._take_off("changed_mind")
        self.assertEqual(order.state, "freed")
        return order

    def _new_menu(self, allergens, age_group=None, variant=None):
        dish = self.env["product.template"].create(
            {"name": "Dish", "is_dish": True, "allergen_ids": [(6, 0, allergens.ids)]}
        )
        return self.env["meal.menu"].create(
            {
                "school_id": self.school.id,
                "date": MONDAY,
                "age_group_id": (age_group or self.older).id,
                "variant_id": variant and variant.id,
                "line_ids": [
                    Command.create(
                        {"meal_type_id": self.breakfast.id, "dish_id": dish.id}
                    )
                ],
            }
        )

    def test_once_to_the_next_student(self):
        freed = self._free()
        order = freed._pass_on(self.classmate)
        self.assertEqual(freed.state, "passed_on")
        self.assertEqual(
            self._history(freed)[-1], ("freed", "passed_on", "passed_on", True)
        )
        self.assertEqual(order.state, "cooked")
        self.assertEqual(order.origin, "passed_on")
        self.assertEqual(order.passed_from_id, freed)
        self.assertEqual(self._history(order), [(None, "cooked", "passed_on", True)])
        with self._refused(UserError, "not free"):
            freed._pass_on(self.payer)
        with self.assertRaises(psycopg2.errors.UniqueViolation):
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self._order(self.payer).sudo().write({"passed_from_id": freed.id})
                self.env.flush_all()

    def test_to_a_student_whose_order_was_taken_off(self):
        other = self._order(self.classmate, meal_type=self.breakfast)
        other._take_off("absence")
        freed = self._free()
        self.assertEqual(freed._pass_on(self.classmate), other)
        self.assertEqual(other.state, "cooked")
        self.assertEqual(other.passed_from_id, freed)

    def test_not_back_to_who_gave_it_away(self):
        order = self._free()._pass_on(self.classmate)
        order._take_off("changed_mind")
        with self._refused(UserError, "came from"):
            order._pass_on(self.student)
        last = order._pass_on(self.payer)
        last._take_off("changed_mind")
        for giver in (self.student, self.classmate):
            with self._refused(UserError, "came from"):
                last._pass_on(giver)
        self.assertEqual(last.state, "freed")

    def test_a_new_portion_is_of_the_own_age(self):
        self._generate()
        self._orders(self.sibling)._take_off("absence")
        order = self._free()._pass_on(self.sibling)
        self.assertEqual(order.cooked_age_group_id, self.older)
        order._take_off("changed_mind")
        order._set_state("cooked", "entered")  # the same portion
        self.assertEqual(order.cooked_age_group_id, self.older)
        order._take_off("changed_mind")
        order._pass_on(self.payer)
        order._set_state("cooked", "entered")  # another one
        self.assertFalse(order.cooked_age_group_id)
        self.assertFalse(order.passed_from_id)

    def test_candidates_in_their_order(self):
        self._generate()
        self._orders(self.sibling + self.young_one)._take_off("absence")
        freed = self._free()
        self.assertEqual(
            freed._get_candidates().ids,
            (self.sibling + self.young_one + self.payer + self.classmate).ids,
        )

    def test_the_age_that_a_portion_was_cooked_for_goes_first(self):
        """It went to a child of another age, who did not want it either."""
        self.free_rule.is_ordered_automatically = False
        again = self._free()._pass_on(self.young_one)
        again._take_off("changed_mind")
        self.assertEqual((again.state, again.age_group_id), ("freed", self.young))
        self.assertEqual(
            again._get_candidates().ids,
            (self.payer + self.classmate + self.sibling).ids,
        )

    def test_who_is_no_candidate(self):
        self._order(self.payer, meal_type=self.breakfast)
        freed = self._free()
        self.assertEqual(freed._get_candidates(), self.classmate)
        self._orders(self.young_one)._take_off("spoiled")
        self.assertEqual(freed._get_candidates(), self.classmate)
        self._period("quarantine", classes=self.class_5a)
        self.assertFalse(freed._get_candidates())

    def test_who_declined_is_no_candidate(self):
        self._choose(self.young_one, "decline", meal_type_id=self.breakfast.id)
        self._report(self.sibling)
        freed = self._free()
        self.assertEqual(freed._get_candidates().ids, (self.payer + self.classmate).ids)

    def test_who_cannot_get_it(self):
        fed = self._order(self.payer, meal_type=self.breakfast).student_id
        other = self._order(self.classmate, meal_type=self.breakfast)
        self._report(self.sibling)
        freed = self._free()
        other._take_off("changed_mind")
        for student, sentence in (
            (fed, "already has a portion"),
            (self.sibling, "reported absent"),
            (self.stranger, "not a student of this school"),
            (self.student, "the student's own"),
            (other.student_id, "the student's own"),
        ):
            with self.subTest(sentence=sentence):
                with self._refused(UserError, sentence):
                    freed._pass_on(student)
        self.assertEqual((freed + other).mapped("state"), ["freed", "freed"])

    def test_allergens(self):
        freed = self._free()
        self.classmate.allergen_ids = self.nuts
        self.assertNotIn(self.classmate, freed._get_candidates())
        with self._refused(UserError, "does not suit"):
            freed._pass_on(self.classmate)
        menu = self._new_menu(self.nuts)
        with self._refused(UserError, "does not suit"):
            freed._pass_on(self.classmate)
        menu.line_ids.dish_id.allergen_ids = False
        self.assertIn(self.classmate, freed._get_candidates())
        self.assertEqual(freed._pass_on(self.classmate).state, "cooked")

    def test_the_menu_of_the_portion_counts_not_that_of_the_child(self):
        self._generate()
        self._orders(self.sibling)._take_off("absence")
        freed = self._free()
        self.sibling.allergen_ids = self.nuts
        self._new_menu(self.nuts)
        self._new_menu(self.env["school.allergen"], self.young)
        self.assertNotIn(self.sibling, freed._get_candidates())

    def test_an_allergen_goes_before_a_diet_on_paper(self):
        freed = self._free()
        self._serve_nuts(self.classmate, meal=self.breakfast)
        self.classmate.medical_diet = "No sugar"
        self.assertEqual(
            freed._get_unsafe_for(self.classmate), {self.classmate.id: "allergen"}
        )

    def test_diets(self):
        diet = self.env["meal.variant"].create(
            {"name": "No milk", "is_diet": True, "company_id": self.city.id}
        )
        freed = self._free()
        self.classmate.diet_variant_id = diet
        self.payer.medical_diet = "No sugar"
        candidates = freed._get_candidates()
        for student in self.classmate + self.payer:
            self.assertNotIn(student, candidates)
            with self._refused(UserError, "does not suit"):
                freed._pass_on(student)

    def test_a_portion_of_the_own_diet(self):
        diet = self.env["meal.variant"].create(
            {"name": "No milk", "is_diet": True, "company_id": self.city.id}
        )
        (self.student + self.classmate).diet_variant_id = diet
        freed = self._free()
        self.assertIn(self.classmate, freed._get_candidates())
        self.assertEqual(freed._pass_on(self.classmate).variant_id, diet)

    def test_set_aside_by_the_responsible_with_a_reason(self):
        freed = self._free()
        self.classmate.allergen_ids = self.nuts
        self.env.invalidate_all()
        for role in ("teacher", "canteen"):
            with self.subTest(role=role):
                with self._refused(UserError, "Only the person responsible"):
                    self._as(role, freed)._pass_on(
                        self._as(role, self.classmate), note="The mother called"
                    )
        order = self._as("operator", freed)._pass_on(
            self._as("operator", self.classmate), note="The mother called"
        )
        self.assertEqual(order.sudo().change_ids.note, "The mother called")
        self.assertEqual(order.sudo().change_ids.user_id, self.roles["operator"])
