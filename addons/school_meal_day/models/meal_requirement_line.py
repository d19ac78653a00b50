from odoo import fields, models


class MealRequirementLine(models.Model):
    """How much of a product a dish of a meal needs."""

    _name = "meal.requirement.line"
    _description = "Product of a Menu Requirement"
    _order = "requirement_id, ingredient_id, meal_type_id, dish_id, id"

    requirement_id = fields.Many2one(
        "meal.requirement", required=True, index=True, ondelete="cascade"
    )
    school_id = fields.Many2one(related="requirement_id.school_id", store=True)
    company_id = fields.Many2one(related="requirement_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    meal_type_id = fields.Many2one("meal.type", "Meal", required=True)
    age_group_id = fields.Many2one("meal.age.group", required=True)
    dish_id = fields.Many2one("product.template", required=True, ondelete="restrict")
    ingredient_id = fields.Many2one(
        "product.template", required=True, ondelete="restrict"
    )
    portions = fields.Integer(required=True)
    gross_g = fields.Float("Gross of a portion, g", digits=(10, 2))
    quantity_kg = fields.Float("Gross, kg", digits=(12, 3))
    unit_cost = fields.Monetary("Price of a kilogram")
    cost = fields.Monetary()
