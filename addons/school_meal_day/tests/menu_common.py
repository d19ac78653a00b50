"""Dishes, a ten-day cycle and users for tests of the menu."""

from datetime import date

from odoo import Command

from .common import MealDayCase


class MenuCase(MealDayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, lang="en_US"))
        ref = cls.env.ref
        cls.milk_allergen = ref("school_meal_base.allergen_milk")
        cls.gluten = ref("school_meal_base.allergen_gluten")
        cls.nuts = ref("school_meal_base.allergen_nuts")
        cls.hot_dish = ref("school_meal_day.meal_section_hot_dish")
        cls.milk = cls._new_ingredient("Milk", 80, cls.milk_allergen)
        cls.flour = cls._new_ingredient("Flour", 40, cls.gluten)
        cls.rice = cls._new_ingredient("Rice", 100)
        cls.porridge = cls._new_dish(
            "Rice porridge", "54-1", [(cls.rice, 50), (cls.milk, 150)], 200, 250
        )
        cls.bread = cls._new_dish("Bread", "54-2", [(cls.flour, 30)], 30, 40)
        cls.tea = cls._new_dish("Tea", "54-3", [], 200, 200)

    @classmethod
    def _new_ingredient(cls, name, price, allergens=None, **vals):
        return cls.env["product.template"].create(
            {
                "name": name,
                "is_ingredient": True,
                "standard_price": price,
                "own_allergen_ids": [Command.set(allergens.ids if allergens else [])],
                "company_id": cls.city.id,
                **vals,
            }
        )

    @classmethod
    def _new_dish(cls, name, card, parts, young, older, **vals):
        return cls.env["product.template"].create(
            {
                "name": name,
                "is_dish": True,
                "tech_card_number": card,
                "company_id": cls.city.id,
                "recipe_line_ids": [
                    Command.create(
                        {"ingredient_id": part.id, "gross_g": grams, "net_g": grams}
                    )
                    for part, grams in parts
                ],
                "dish_output_ids": [
                    Command.create(
                        {
                            "age_group_id": age.id,
                            "output_g": grams,
                            "proteins_g": 5.25,
                            "fats_g": 6,
                            "carbohydrates_g": 30.5,
                            "energy_kcal": 200,
                        }
                    )
                    for age, grams in ((cls.young, young), (cls.older, older))
                ],
                **vals,
            }
        )

    @classmethod
    def _new_cycle(cls, days=10, approve=True, **vals):
        cycle = cls.env["meal.cycle"].create(
            {
                "name": "Autumn",
                "company_id": cls.city.id,
                "age_group_id": cls.young.id,
                "day_count": days,
                "date_from": date(2026, 9, 1),
                "line_ids": [
                    Command.create(
                        {
                            "day_number": day,
                            "meal_type_id": cls.breakfast.id,
                            "sequence": place,
                            "dish_id": dish.id,
                            "section_id": section and section.id,
                            "price": price,
                        }
                    )
                    for day in range(1, days + 1)
                    for place, (dish, section, price) in enumerate(
                        (
                            (cls.porridge, cls.hot_dish, 45.67),
                            (cls.bread, False, 5.1),
                            (cls.tea, False, 0),
                        )
                    )
                ],
                **vals,
            }
        )
        if approve:
            cycle.action_approve()
        return cycle

    def _new_menu(self, date, approve=False, **vals):
        menu = self.env["meal.menu"].create(
            {
                "school_id": self.school.id,
                "date": date,
                "age_group_id": self.young.id,
                "line_ids": [
                    Command.create(
                        {"meal_type_id": self.breakfast.id, "dish_id": dish.id}
                    )
                    for dish in (self.porridge, self.bread)
                ],
                **vals,
            }
        )
        if approve:
            menu.action_approve()
        return menu
