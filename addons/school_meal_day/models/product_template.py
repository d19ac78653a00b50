from odoo import fields, models


class ProductTemplate(models.Model):
    """Dishes and their ingredients are products; a dish has a technological card."""

    _inherit = "product.template"

    is_dish = fields.Boolean("Dish")
    is_ingredient = fields.Boolean("Ingredient")
    tech_card_number = fields.Char("Technological card")
    recipe_line_ids = fields.One2many("meal.recipe.line", "dish_id", "Recipe")
    dish_output_ids = fields.One2many("meal.dish.output", "dish_id", "Output")
