from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .menu_common import MenuCase


@tagged("post_install", "-at_install")
class TestDishes(MenuCase):
    def _till_allergens(self, product):
        """Allergens as the till and the devices read them: from the table."""
        self.env.flush_all()
        field = product._fields["allergen_ids"]
        self.env.cr.execute(
            f"SELECT {field.column2} FROM {field.relation} WHERE {field.column1} = %s",
            [product.id],
        )
        return {row[0] for row in self.env.cr.fetchall()}

    # === ALLERGENS === #

    def test_a_dish_has_the_allergens_of_its_ingredients(self):
        self.assertEqual(self._till_allergens(self.porridge), {self.milk_allergen.id})
        self.assertFalse(self._till_allergens(self.tea))

    def test_an_ingredient_that_changes_changes_every_dish_made_of_it(self):
        sauce = self._new_dish("Sauce", "1", [(self.flour, 10)], 50, 50)
        sauce.is_ingredient = True
        meat = self._new_dish("Meat with sauce", "2", [(sauce, 25)], 100, 100)
        self.assertEqual(self._till_allergens(meat), {self.gluten.id})
        self.flour.own_allergen_ids += self.nuts
        self.assertEqual(self._till_allergens(meat), {self.gluten.id, self.nuts.id})
        sauce.recipe_line_ids.ingredient_id = self.rice
        self.assertFalse(self._till_allergens(meat))

    def test_allergens_added_by_hand_outlive_those_of_the_ingredients(self):
        self.porridge.own_allergen_ids = self.nuts + self.milk_allergen
        self.porridge.recipe_line_ids.unlink()
        self.assertEqual(
            self._till_allergens(self.porridge), {self.nuts.id, self.milk_allergen.id}
        )

    def test_allergens_of_ingredients_cannot_be_written_away(self):
        self.porridge.allergen_ids = self.nuts
        self.assertEqual(
            self._till_allergens(self.porridge), {self.nuts.id, self.milk_allergen.id}
        )
        self.porridge.allergen_ids = [Command.clear()]
        self.assertEqual(self._till_allergens(self.porridge), {self.milk_allergen.id})

    def test_goods_without_a_recipe_keep_what_is_written(self):
        bar = self.env["product.template"].create(
            {"name": "Nut bar", "allergen_ids": [Command.set(self.nuts.ids)]}
        )
        self.assertEqual(bar.own_allergen_ids, self.nuts)
        bar.allergen_ids = self.gluten
        self.assertEqual(self._till_allergens(bar), {self.gluten.id})

    def test_allergens_from_before_the_add_on_are_taken_as_added_by_hand(self):
        bar = self.env["product.template"].create({"name": "Nut bar"})
        self.env.flush_all()
        field = bar._fields["allergen_ids"]
        self.env.cr.execute(
            f"INSERT INTO {field.relation} ({field.column1}, {field.column2})"
            " VALUES (%s, %s)",
            [bar.id, self.nuts.id],
        )
        bar.init()
        self.env.invalidate_all()
        self.assertEqual(bar.own_allergen_ids, self.nuts)
        self.assertFalse(self.porridge.own_allergen_ids)

    # === RECIPES === #

    def test_a_dish_is_not_made_of_itself(self):
        sauce = self._new_dish("Sauce", "1", [(self.flour, 10)], 50, 50)
        base = self._new_dish("Base", "2", [(self.rice, 10)], 50, 50)
        (sauce + base).is_ingredient = True
        line = {"gross_g": 10, "net_g": 10}
        sauce.recipe_line_ids = [Command.create({"ingredient_id": base.id, **line})]
        with self._refused(ValidationError, "made of itself: Base → Sauce → Base"):
            base.recipe_line_ids = [Command.create({"ingredient_id": sauce.id, **line})]
        self.assertEqual(base.recipe_line_ids.ingredient_id, self.rice)

    def test_only_dishes_have_recipes_and_only_ingredients_are_in_them(self):
        cola = self.env["product.template"].create({"name": "Cola"})
        line = {"gross_g": 10, "net_g": 10}
        with self._refused(ValidationError, "Cola is not an ingredient"):
            self.tea.recipe_line_ids = [
                Command.create({"ingredient_id": cola.id, **line})
            ]
        with self._refused(ValidationError, "Cola is not a dish"):
            cola.recipe_line_ids = [
                Command.create({"ingredient_id": self.milk.id, **line})
            ]
        with self._refused(ValidationError, "Rice porridge has a recipe"):
            self.porridge.is_dish = False

    def test_an_ingredient_has_a_weight(self):
        unit = self.env.ref("uom.product_uom_unit")
        self.assertEqual(self.milk.uom_id, self.env.ref("uom.product_uom_kgm"))
        with self._refused(ValidationError, "Egg needs a unit of weight"):
            self._new_ingredient("Egg", 9, uom_id=unit.id)
        egg = self._new_ingredient("Egg", 9, uom_id=unit.id, piece_weight_g=45)
        self.assertAlmostEqual(egg.kg_cost, 200)
        gram = self._new_ingredient(
            "Salt", 0.02, uom_id=self.env.ref("uom.product_uom_gram").id
        )
        self.assertAlmostEqual(gram.kg_cost, 20)

    def test_cost_of_a_portion_is_gross_weight_by_price(self):
        young = self.porridge.dish_output_ids.filtered(
            lambda output: output.age_group_id == self.young
        )
        self.assertAlmostEqual(young.cost, 0.05 * 100 + 0.15 * 80)
        self.rice.standard_price = 200
        self.assertAlmostEqual(young.cost, 0.05 * 200 + 0.15 * 80)

    def test_recipes_differ_by_age_and_half_made_dishes_are_taken_apart(self):
        dough = self._new_dish(
            "Dough", "9", [(self.flour, 60), (self.milk, 40)], 100, 100
        )
        dough.is_ingredient = True
        bun = self._new_dish("Bun", "10", [(dough, 50)], 50, 80)
        bun.recipe_line_ids.age_group_id = self.young
        bun.recipe_line_ids = [
            Command.create(
                {
                    "ingredient_id": dough.id,
                    "age_group_id": self.older.id,
                    "gross_g": 80,
                    "net_g": 80,
                }
            )
        ]
        for age, flour, milk in ((self.young, 30, 20), (self.older, 48, 32)):
            self.assertEqual(
                bun._get_portion_needs(age),
                {bun.id: {self.flour.id: flour, self.milk.id: milk}},
            )

    # === RIGHTS === #

    def test_the_responsible_person_keeps_dishes_and_ingredients(self):
        self._make_roles()
        products = self._as("operator", self.env["product.template"])
        dish = products.create(
            {
                "name": "Soup",
                "is_dish": True,
                "dish_output_ids": [
                    Command.create({"age_group_id": self.young.id, "output_g": 200})
                ],
                "recipe_line_ids": [
                    Command.create(
                        {"ingredient_id": self.milk.id, "gross_g": 1, "net_g": 1}
                    )
                ],
            }
        )
        self.assertEqual(dish.company_id, self.city)
        self.assertFalse(dish.sale_ok)
        self.assertEqual(dish.list_price, 0)
        dish.write({"name": "Milk soup", "own_allergen_ids": [Command.set([])]})
        dish.recipe_line_ids.write({"gross_g": 2})
        products.browse(self.milk.id).write({"standard_price": 90})
        self.assertEqual(self.milk.with_company(self.city).standard_price, 90)
        dish.unlink()

    def test_the_responsible_person_does_not_touch_goods_of_the_till(self):
        self._make_roles()
        cola = self.env["product.template"].create({"name": "Cola", "list_price": 60})
        seen = self._as("operator", cola)
        for values in ({"name": "Kvass"}, {"is_dish": True}, {"list_price": 1}):
            with self.subTest(values=values), self._refused(AccessError, "."):
                seen.write(values)
        with self._refused(AccessError, "."):
            seen.product_variant_id.write({"name": "Kvass"})
        with self._refused(AccessError, "."):
            seen.unlink()
        with self._refused(AccessError, "."):
            seen.create({"name": "Kvass"})
        self.assertEqual(
            (cola.name, cola.list_price, cola.is_dish), ("Cola", 60, False)
        )

    def test_the_responsible_person_sells_no_dish_at_the_till(self):
        self._make_roles()
        dish = self._as("operator", self.porridge)
        for values in ({"list_price": 5}, {"sale_ok": True}, {"company_id": False}):
            with self.subTest(values=values):
                with self._refused(AccessError, "You keep dishes and ingredients"):
                    dish.write(values)
                with self._refused(AccessError, "You keep dishes and ingredients"):
                    dish.create({"name": "X", "is_dish": True, **values})
        with self._refused(AccessError, "You keep dishes and ingredients"):
            dish.product_variant_id.write({"lst_price": 5})
        with self._refused(AccessError, "."):
            self._as("operator", self.tea).write({"is_dish": False})
        self.assertTrue(self.tea.is_dish)

    def test_dishes_of_another_municipality_are_out_of_reach(self):
        self._make_roles()
        other = self._new_dish("Soup", "1", [(self.milk, 1)], 1, 1)
        other.company_id = self.other_city
        shared = self._new_dish("Stew", "1", [(self.milk, 1)], 1, 1)
        shared.company_id = False
        self.assertEqual(self._as("canteen", shared).recipe_line_ids.gross_g, 1)
        for dish in other + shared:
            with self._refused(AccessError, "."):
                self._as("operator", dish).write({"name": "Mine"})
            with self._refused(AccessError, "."):
                self._as("operator", dish.recipe_line_ids).write({"gross_g": 5})

    def test_only_the_responsible_person_and_the_administrator_keep_dishes(self):
        self._make_roles()
        for role in ("canteen", "head", "department", "teacher", "cashier"):
            with self.subTest(role=role), self._refused(AccessError, "."):
                self._as(role, self.porridge).write({"name": "Mine"})
        self._as("manager", self.porridge).write({"name": "Ours", "list_price": 5})
        self.assertEqual(self.porridge.name, "Ours")
