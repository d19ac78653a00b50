from odoo import fields, models

from ..domain import menu_files


class MealRequirementLine(models.Model):
    """How much of a product a dish of a meal needs."""

    _name = "meal.requirement.line"
    _description = "Product of a Menu Requirement"
    _order = "requirement_id, ingredient_id, meal_type_id, dish_id, id"
    _inherit = ["meal.approval.line.mixin"]
    _rec_name = "ingredient_id"
    _document_field = "requirement_id"

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
        "product.template", "Product", required=True, ondelete="restrict"
    )
    portions = fields.Integer(required=True)
    gross_g = fields.Float("Gross of a portion, g", digits=(10, 2), aggregator=False)
    quantity_kg = fields.Float("Gross, kg", digits=(12, 3))
    unit_cost = fields.Monetary("Price of a kilogram", aggregator=False)
    cost = fields.Monetary()

    # === BUSINESS METHODS === #

    def _as_form_line(self):
        meal, age = self.meal_type_id, self.age_group_id
        return {
            "product": self.ingredient_id.name,
            "product_id": self.ingredient_id.id,
            "code": self.ingredient_id.default_code or "",
            "meal": menu_files.MEAL_NAMES.get(meal.code, meal.name),
            "meal_order": meal.sequence,
            "age": menu_files.AGE_NAMES.get(age.code, age.name),
            "age_order": age.grade_from,
            "dish": self.dish_id.name,
            "portions": self.portions,
            "gross_g": self.gross_g,
            "kg": self.quantity_kg,
            "price": round(self.unit_cost * 100),
            "cost": round(self.cost * 100),
        }
