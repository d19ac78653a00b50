from odoo import fields, models


class MealRecipeLine(models.Model):
    """One ingredient of one portion of a dish, by age group, in grams."""

    _name = "meal.recipe.line"
    _description = "Recipe Line"
    _order = "dish_id, age_group_id, sequence, id"

    dish_id = fields.Many2one(
        "product.template", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    age_group_id = fields.Many2one("meal.age.group", help="Empty: all ages.")
    ingredient_id = fields.Many2one(
        "product.template",
        required=True,
        ondelete="restrict",
        domain="[('is_ingredient', '=', True)]",
    )
    gross_g = fields.Float("Gross, g", required=True, digits=(10, 2))
    net_g = fields.Float("Net, g", required=True, digits=(10, 2))

    _weights = models.Constraint(
        "CHECK (net_g > 0 AND gross_g >= net_g)",
        "The gross weight is no less than the net weight, which is more than zero.",
    )
