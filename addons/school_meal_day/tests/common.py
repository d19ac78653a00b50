"""A school with prices, categories and a funding rule for tests of the meal day."""

from datetime import date

from odoo import Command

from odoo.addons.school_meal_base.tests.common import SchoolMealCase

#: A Monday on which schools are taught.
MONDAY = date(2026, 11, 16)


class MealDayCase(SchoolMealCase):
    """`class_1b` eats free, `class_5a` is paid for by the parents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.breakfast = cls.env.ref("school_meal_day.meal_type_breakfast")
        cls.lunch = cls.env.ref("school_meal_day.meal_type_lunch")
        cls.young = cls.env.ref("school_meal_day.meal_age_group_7_11")
        cls.older = cls.env.ref("school_meal_day.meal_age_group_12")
        cls.grades_1_4 = cls.env.ref("school_meal_day.meal_category_grades_1_4")
        cls.regional = cls._new_source("region", "regional", "4")
        cls.municipal = cls._new_source("town", "municipal", "4")
        cls.tariffs = cls.env["meal.tariff"].create(
            [
                cls._prepare_tariff(cls.breakfast, cls.young, 85.30),
                cls._prepare_tariff(cls.breakfast, cls.older, 98.10),
                cls._prepare_tariff(cls.lunch, cls.young, 110.00),
                cls._prepare_tariff(cls.lunch, cls.older, 126.50),
            ]
        )
        cls.free_rule = cls.env["meal.funding.rule"].create(
            {
                "name": "Grades 1-4",
                "company_id": cls.city.id,
                "category_id": cls.grades_1_4.id,
                "meal_type_ids": [Command.set(cls.breakfast.ids)],
                "date_from": date(2026, 9, 1),
                "is_ordered_automatically": True,
                "line_ids": [
                    Command.create(
                        {
                            "sequence": 1,
                            "source_id": cls.regional.id,
                            "mode": "percent",
                            "percent": 70,
                        }
                    ),
                    Command.create(
                        {"sequence": 2, "source_id": cls.municipal.id, "mode": "rest"}
                    ),
                ],
            }
        )
        cls.parent_source = cls.env["meal.pricing"]._get_parent_source(cls.school)

    @classmethod
    def _serve_nuts(cls, *students, meal=None, variant=None, age_group=None, **vals):
        """Return a menu of the Monday with nuts, to which the students are allergic."""
        nuts = cls.env["school.allergen"].search([("code", "=", "nuts-t")])
        nuts = nuts or nuts.create({"name": "Test nuts", "code": "nuts-t"})
        for student in students:
            student.allergen_ids = nuts
        dish = cls.env["product.template"].create(
            {"name": "Cake", "is_dish": True, "allergen_ids": nuts.ids}
        )
        return cls.env["meal.menu"].create(
            {
                "school_id": cls.school.id,
                "date": MONDAY,
                "age_group_id": (age_group or cls.older).id,
                "variant_id": variant and variant.id,
                "line_ids": [
                    Command.create(
                        {"meal_type_id": (meal or cls.lunch).id, "dish_id": dish.id}
                    )
                ],
                **vals,
            }
        )

    @classmethod
    def _new_source(cls, code, level, kvfo, company=None):
        return cls.env["meal.funding.source"].create(
            {
                "name": code,
                "code": code,
                "level": level,
                "kvfo": kvfo,
                "kbk": "90207020110110010244",
                "company_id": (company or cls.city).id,
            }
        )

    @classmethod
    def _prepare_tariff(cls, meal_type, age_group, price, **vals):
        return {
            "company_id": cls.city.id,
            "meal_type_id": meal_type.id,
            "age_group_id": age_group.id,
            "price": price,
            "date_from": date(2026, 9, 1),
            **vals,
        }
