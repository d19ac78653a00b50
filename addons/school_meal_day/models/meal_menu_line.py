from odoo import fields, models


class MealMenuLine(models.Model):
    """A dish of a day's menu; what the cycle wanted instead stays on record."""

    _name = "meal.menu.line"
    _description = "Dish of the Day"
    _order = "menu_id, meal_type_id, sequence, id"

    menu_id = fields.Many2one(
        "meal.menu", required=True, index=True, ondelete="cascade"
    )
    school_id = fields.Many2one(related="menu_id.school_id", store=True, index=True)
    company_id = fields.Many2one(related="menu_id.company_id", store=True)
    currency_id = fields.Many2one(related="menu_id.currency_id")
    meal_type_id = fields.Many2one("meal.type", "Meal", required=True)
    sequence = fields.Integer(default=10)
    section_id = fields.Many2one("meal.section", "Section")
    dish_id = fields.Many2one(
        "product.template",
        required=True,
        ondelete="restrict",
        domain="[('is_dish', '=', True)]",
    )
    replaced_dish_id = fields.Many2one("product.template", "Instead of", readonly=True)
    replacement_reason = fields.Char()
    price = fields.Monetary()
