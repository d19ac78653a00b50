from odoo import fields, models


class MealTariff(models.Model):
    """The price of a set meal from a date on, for a school, an age group, a variant.

    The most particular tariff valid on the day counts: see ``domain/tariffs.py``.
    """

    _name = "meal.tariff"
    _description = "Meal Price"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    school_id = fields.Many2one(
        "school.school", "School", check_company=True, help="Empty: all schools."
    )
    meal_type_id = fields.Many2one("meal.type", "Meal", required=True)
    age_group_id = fields.Many2one("meal.age.group", help="Empty: all ages.")
    variant_id = fields.Many2one(
        "meal.variant", "Set", check_company=True, help="Empty: all sets."
    )
    price = fields.Monetary(required=True)
    date_from = fields.Date("Valid from", required=True, index=True)
    date_to = fields.Date("Valid to", help="Empty: until another one begins.")
    basis = fields.Char("Legal basis", help="Number and date of the decision.")

    _price_positive = models.Constraint(
        "CHECK (price > 0 AND min_scale(price) <= 2)",
        "A price is positive and in whole kopecks.",
    )
    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A price cannot end before it begins.",
    )
