from datetime import date

from odoo import Command, api, models

from odoo.addons.school_meal_base.domain import school_days

from .. import meals


class MealDemo(models.AbstractModel):
    """Prices, funding, dishes and the cyclic menus of set meals."""

    _inherit = "meal.demo"

    @api.model
    def _create_set_meals(self, company):
        """What a municipality decides before the school year begins."""
        begin = self._get_year_begin(company)
        self._create_funding(company, begin)
        self._create_prices(company, begin)
        for age_group in self.env["meal.age.group"].search([("grade_from", ">", 0)]):
            self._create_cycle(company, age_group, begin)

    @api.model
    def _get_year_begin(self, company):
        """Return the first of September of the school year that is going on."""
        school = self.env["school.school"].search(
            [("company_id", "=", company.id)], limit=1
        )
        today = self.env["school.calendar"]._local_date(school)
        return date(school_days.school_year_start(today), 9, 1)

    @api.model
    def _create_funding(self, company, begin):
        """Grades 1-4 eat one hot meal free, 70 % of it paid by the region."""
        sources = self.env["meal.funding.source"].create(
            [
                {
                    "code": code,
                    "name": name,
                    "level": level,
                    "kvfo": kvfo,
                    "kbk": kbk,
                    "sequence": 10 * number,
                    "company_id": company.id,
                }
                for number, (code, name, level, kvfo, kbk) in enumerate(meals.SOURCES)
            ]
        )
        regional, municipal = sources
        for shift, meal in (("1", "breakfast"), ("2", "lunch")):
            self.env["meal.funding.rule"].create(
                {
                    "name": f"1–4 классы, {shift} смена: бесплатное горячее питание",
                    "company_id": company.id,
                    "category_id": self.env.ref(
                        "school_meal_day.meal_category_grades_1_4"
                    ).id,
                    "meal_type_ids": [Command.set(self._meal_type(meal).ids)],
                    "shift": shift,
                    "date_from": begin,
                    "is_ordered_automatically": True,
                    "basis": "ст. 37 Федерального закона № 273-ФЗ",
                    "line_ids": [
                        Command.create(
                            {
                                "sequence": 10,
                                "source_id": regional.id,
                                "mode": "percent",
                                "percent": 70,
                            }
                        ),
                        Command.create(
                            {"sequence": 20, "source_id": municipal.id, "mode": "rest"}
                        ),
                    ],
                }
            )

    @api.model
    def _create_prices(self, company, begin):
        ages = {age.code: age for age in self.env["meal.age.group"].search([])}
        self.env["meal.tariff"].create(
            [
                {
                    "company_id": company.id,
                    "meal_type_id": self._meal_type(meal).id,
                    "age_group_id": ages[age].id,
                    "price": price,
                    "date_from": begin,
                    "basis": "Постановление администрации № 1020",
                }
                for meal, age, price in meals.PRICES
            ]
        )

    @api.model
    def _meal_type(self, code):
        return self.env.ref(f"school_meal_day.meal_type_{code}")

    # === DISHES === #

    @api.model
    def _get_ingredients(self, company):
        """Return {name: product} of a municipality's ingredients."""
        products = self.env["product.template"].with_company(company)
        found = products.search(
            [("is_ingredient", "=", True), ("company_id", "=", company.id)]
        )
        if found:
            return {product.name: product for product in found}
        allergens = {one.code: one.id for one in self.env["school.allergen"].search([])}
        kilogram = self.env.ref("uom.product_uom_kgm")
        made = products.create(
            [
                {
                    "name": name,
                    "is_ingredient": True,
                    "company_id": company.id,
                    "type": "consu",
                    "uom_id": kilogram.id,
                    "standard_price": price,
                    "sale_ok": False,
                    "allergen_ids": [Command.set([allergens[code] for code in codes])],
                }
                for name, (price, codes) in meals.INGREDIENTS.items()
            ]
        )
        return {product.name: product for product in made}

    @api.model
    def _get_dishes(self, company):
        """Return {name: dish} of a municipality, made when first asked for."""
        products = self.env["product.template"].with_company(company)
        found = products.search(
            [("is_dish", "=", True), ("company_id", "=", company.id)]
        )
        if found:
            return {dish.name: dish for dish in found}
        ingredients = self._get_ingredients(company)
        sections = self._get_sections()
        young, older = self.env["meal.age.group"].search(
            [], order="grade_from", limit=2
        )
        made = products.create(
            [
                {
                    "name": name,
                    "is_dish": True,
                    "company_id": company.id,
                    "type": "consu",
                    "sale_ok": False,
                    "tech_card_number": card,
                    "section_id": sections[section].id,
                    "dish_output_ids": [
                        Command.create(self._prepare_output(age, grams, nutrients))
                        for age, grams in zip(
                            (young, older), self._scale(outputs), strict=True
                        )
                    ],
                    "recipe_line_ids": [
                        Command.create(
                            self._prepare_recipe(ingredients[item], age, weights, share)
                        )
                        for age, (_output, share) in zip(
                            (young, older), self._scale(outputs), strict=True
                        )
                        for item, *weights in recipe
                    ],
                }
                for name, (card, section, outputs, nutrients, recipe) in (
                    meals.DISHES.items()
                )
            ]
        )
        return {dish.name: dish for dish in made}

    @api.model
    def _get_sections(self):
        """Return {text in the published files: section}."""
        return {
            one.file_name: one
            for one in self.env["meal.section"].search([("file_name", "!=", False)])
        }

    @api.model
    def _scale(self, outputs):
        """Return ((grams, proportion to the younger's), …) of both age groups."""
        return [(grams, grams / outputs[0]) for grams in outputs]

    @api.model
    def _prepare_output(self, age_group, scaled, nutrients):
        grams, share = scaled
        proteins, fats, carbohydrates, energy = (
            round(value * share, 2) for value in nutrients
        )
        return {
            "age_group_id": age_group.id,
            "output_g": grams,
            "proteins_g": proteins,
            "fats_g": fats,
            "carbohydrates_g": carbohydrates,
            "energy_kcal": energy,
        }

    @api.model
    def _prepare_recipe(self, ingredient, age_group, weights, share):
        gross, net = (round(weight * share, 2) for weight in weights)
        return {
            "ingredient_id": ingredient.id,
            "age_group_id": age_group.id,
            "gross_g": gross,
            "net_g": net,
        }

    # === CYCLE === #

    @api.model
    def _create_cycle(self, company, age_group, begin):
        """The ten days of one age group, approved."""
        dishes = self._get_dishes(company)
        sections = self._get_sections()
        lines = [
            {
                "day_number": day,
                "meal_type_id": self._meal_type(meal).id,
                "sequence": place,
                "dish_id": dishes[name].id,
                "section_id": sections[meals.DISHES[name][1]].id,
            }
            for day, both in enumerate(meals.CYCLE, 1)
            for meal, names in zip(("breakfast", "lunch"), both, strict=True)
            for place, name in enumerate(names, 1)
        ]
        cycle = self.env["meal.cycle"].create(
            {
                "name": f"Типовое меню, {age_group.name}",
                "company_id": company.id,
                "age_group_id": age_group.id,
                "day_count": len(meals.CYCLE),
                "date_from": begin,
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        cycle.action_approve()
        return cycle
