from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import MONDAY
from .menu_common import MenuCase


@tagged("post_install", "-at_install")
class TestDayMenu(MenuCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()

    def _from_cycle(self):
        self._new_cycle()
        return self.env["meal.menu"]._generate(self.school, MONDAY, MONDAY)

    # === REPLACEMENT === #

    def test_a_replacement_has_a_reason_and_shows_what_was_replaced(self):
        line = self._as("canteen", self._from_cycle().line_ids[0])
        with self._refused(ValidationError, "Say why Tea is served instead of Rice"):
            line.write({"dish_id": self.tea.id})
        with self._refused(ValidationError, "Say why"):
            line.write({"dish_id": self.tea.id, "replacement_reason": "  "})
        line.write({"dish_id": self.tea.id, "replacement_reason": "No rice"})
        self.assertEqual(line.replaced_dish_id, self.porridge)
        line.write({"dish_id": self.bread.id})
        self.assertEqual(line.replaced_dish_id, self.porridge)
        self.assertEqual(line.menu_id.replaced_count, 1)
        line.write({"dish_id": self.porridge.id})
        self.assertFalse(line.replaced_dish_id)

    def test_what_the_cycle_wanted_is_not_forged(self):
        line = self._as("canteen", self._from_cycle().line_ids[0])
        line.write({"cycle_dish_id": self.tea.id})
        self.assertEqual(line.cycle_dish_id, self.porridge)
        made = line.create(
            {
                "menu_id": line.menu_id.id,
                "meal_type_id": self.lunch.id,
                "dish_id": self.tea.id,
                "cycle_dish_id": self.bread.id,
            }
        )
        self.assertFalse(made.cycle_dish_id)

    def test_a_dish_taken_out_leaves_a_note(self):
        menu = self._from_cycle()
        self._as("canteen", menu.line_ids[0]).unlink()
        self.assertIn("Rice porridge of the cyclic menu", menu.message_ids[0].body)

    def test_drafts_follow_the_card_and_approved_menus_do_not(self):
        draft = self._new_menu(MONDAY)
        approved = self._new_menu(MONDAY + timedelta(days=1), approve=True)
        self.porridge.dish_output_ids.output_g = 210
        self.assertEqual(draft.line_ids[0].output_g, 210)
        self.assertEqual(approved.line_ids[0].output_g, 200)

    # === APPROVAL === #

    def test_heads_approve_many_menus_at_once(self):
        menus = self._new_menu(MONDAY) + self._new_menu(MONDAY + timedelta(days=1))
        self._as("head", menus).action_approve()
        self.assertEqual(menus.mapped("state"), ["approved"] * 2)
        self.assertEqual(menus.approved_by_id, self.roles["head"])

    def test_a_head_approves_no_menu_of_another_school(self):
        menu = self._new_menu(MONDAY, school_id=self.second_school.id)
        with self._refused(AccessError, "."):
            self._as("head", menu).action_approve()
        self.assertEqual(menu.state, "draft")

    def test_a_menu_without_dishes_is_not_approved(self):
        menu = self._new_menu(MONDAY, line_ids=[])
        with self._refused(UserError, "has no dishes"):
            menu.action_approve()

    def test_an_approved_menu_does_not_change(self):
        menu = self._as("canteen", self._new_menu(MONDAY, approve=True))
        line = menu.line_ids[0]
        attempts = (
            lambda: menu.write({"shift": "1"}),
            lambda: line.write({"dish_id": self.tea.id}),
            lambda: line.unlink(),
            lambda: line.copy(),
            lambda: menu.write({"line_ids": [Command.unlink(line.id)]}),
        )
        for number, attempt in enumerate(attempts):
            with self.subTest(attempt=number), self._refused(UserError, "is approved"):
                attempt()
        draft = self._as("canteen", self._new_menu(MONDAY + timedelta(days=1)))
        with self._refused(UserError, "is approved"):
            draft.line_ids[0].write({"menu_id": menu.id})
        self.assertEqual(menu.line_ids.dish_id, self.porridge + self.bread)
        self._as("operator", menu.with_env(self.env))._take_back("No rice")
        line.write({"dish_id": self.tea.id})
        self.assertIn("No rice", menu.message_ids.sudo().mapped("body")[0])

    def test_the_reason_of_taking_back_is_not_empty(self):
        menu = self._new_menu(MONDAY, approve=True)
        wizard = self._as("operator", self.env["meal.approval.reopen"]).create(
            {"res_model": "meal.menu", "res_ids": str(menu.id), "reason": "  "}
        )
        with self._refused(UserError, "Say why"):
            wizard.action_take_back()
        wizard.write({"reason": "x", "res_model": "res.users"})
        with self._refused(UserError, "has no approval"):
            wizard.action_take_back()
        self.assertEqual(menu.state, "approved")

    # === ALLERGENS === #

    def test_allergens_of_a_meal_for_the_serving_page(self):
        menu = self._new_menu(MONDAY)
        self.assertEqual(
            menu._get_allergen_ids(self.breakfast),
            {self.milk_allergen.id, self.gluten.id},
        )
        self.assertEqual(menu._get_allergen_ids(self.lunch), set())

    def test_the_menu_of_a_portion(self):
        variant = self.env["meal.variant"].create(
            {"name": "Diet", "company_id": self.city.id}
        )
        none = variant.browse()
        usual = self._new_menu(MONDAY)
        second = self._new_menu(MONDAY, shift="2")
        diet = self._new_menu(MONDAY, variant_id=variant.id)
        find = self._as("teacher", self.env["meal.menu"])._find(self.school, MONDAY)
        self.assertEqual(find(self.young, none, "1"), usual)
        self.assertEqual(find(self.young, none, "2"), second)
        self.assertEqual(find(self.young, variant, "2"), diet)
        self.assertFalse(find(self.older, none))
        self.assertFalse(find(self.older, variant))

    def test_allergic_students_are_counted_for_the_kitchen(self):
        self.sibling.allergen_ids = self.milk_allergen
        self.student.allergen_ids = self.milk_allergen  # of the older
        menu = self._new_menu(MONDAY)
        seen = self._as("canteen", menu)
        self.assertEqual(
            seen.allergic_note,
            f"{self.milk_allergen.name}: 1 students who eat this set",
        )
        with self._refused(AccessError, "."):
            self._as("canteen", self.sibling).read(["allergen_ids"])
        action = self._as("operator", menu).action_open_allergic_students()
        found = self._as("operator", self.env["school.student"]).search(
            action["domain"]
        )
        self.assertEqual(found, self.sibling)
        diet, second = self.env["meal.variant"].create(
            [
                {"name": "Diet", "is_diet": True, "company_id": self.city.id},
                {"name": "Set 2", "company_id": self.city.id},
            ]
        )
        other = self._as("canteen", self._new_menu(MONDAY, variant_id=second.id))
        self.assertTrue(other.allergic_note)
        self.sibling.diet_variant_id = diet
        menu.invalidate_recordset()
        self.assertFalse(seen.allergic_note)

    # === NORMS === #

    def test_deviations_of_a_day_know_the_days_before(self):
        self.porridge.section_id = self.hot_dish
        first = self._new_menu(MONDAY)
        second = self._new_menu(MONDAY + timedelta(days=1))
        again = "“Rice porridge” is served again after 1 day"
        self.assertNotIn(again, first.summary)
        self.assertIn(again, second.summary)
        self.assertIn("2.3/2.4.4282-26", second.summary)
        before = first.deviation_count, second.deviation_count
        (first + second).invalidate_recordset()
        both = first + second
        both._compute_deviations()
        self.assertEqual((first.deviation_count, second.deviation_count), before)

    def test_norms_of_the_day_count(self):
        menu = self._new_menu(MONDAY.replace(month=5, day=18))
        self.assertIn("3590-20", menu.summary)
        self.assertNotIn("4282-26", menu.summary)

    def test_every_day_has_norms_and_none_is_called_confirmed(self):
        norms = self.env["meal.norm"].search([("basis", "like", "СанПиН")])
        self.assertFalse(norms.filtered("is_confirmed"))
        for day in (MONDAY.replace(month=8, day=31), MONDAY.replace(month=9, day=1)):
            with self.subTest(day=day):
                needs = norms._in_force(day).filtered(
                    lambda norm: norm.kind == "daily_need" and norm.nutrient == "energy"
                )
                self.assertEqual(sorted(needs.mapped("minimum")), [2350, 2720])
