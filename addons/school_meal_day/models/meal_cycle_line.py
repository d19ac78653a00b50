from odoo import fields, models


class MealCycleLine(models.Model):
    """A dish on a day of a cycle."""

    _name = "meal.cycle.line"
    _description = "Dish of a Cyclic Menu"
    _order = "cycle_id, day_number, meal_type_id, sequence, id"

    cycle_id = fields.Many2one(
        "meal.cycle", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="cycle_id.company_id", store=True)
    day_number = fields.Integer("Day", required=True)
    meal_type_id = fields.Many2one("meal.type", "Meal", required=True)
    sequence = fields.Integer(default=10)
    section_id = fields.Many2one("meal.section", "Section")
    dish_id = fields.Many2one(
        "product.template",
        required=True,
        ondelete="restrict",
        domain="[('is_dish', '=', True)]",
    )
    price = fields.Float(digits=(10, 2))
