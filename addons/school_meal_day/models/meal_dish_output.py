from odoo import fields, models


class MealDishOutput(models.Model):
    """What one portion of a dish weighs and gives, by age group."""

    _name = "meal.dish.output"
    _description = "Output of a Dish"
    _order = "dish_id, age_group_id"

    dish_id = fields.Many2one(
        "product.template", required=True, index=True, ondelete="cascade"
    )
    age_group_id = fields.Many2one("meal.age.group", required=True)
    output_g = fields.Float("Output, g", required=True, digits=(10, 2))
    proteins_g = fields.Float("Proteins, g", digits=(10, 2))
    fats_g = fields.Float("Fats, g", digits=(10, 2))
    carbohydrates_g = fields.Float("Carbohydrates, g", digits=(10, 2))
    energy_kcal = fields.Float("Energy, kcal", digits=(10, 2))

    _age_uniq = models.Constraint(
        "UNIQUE (dish_id, age_group_id)", "The dish already has an output of this age."
    )
    _not_negative = models.Constraint(
        "CHECK (output_g > 0 AND LEAST(proteins_g, fats_g, carbohydrates_g,"
        " energy_kcal) >= 0)",
        "Weights and nutrients are not negative, the output is more than zero.",
    )
