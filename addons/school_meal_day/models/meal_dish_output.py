from odoo import api, fields, models

from .meal_dish_line_mixin import NUTRIENT_FIELDS


class MealDishOutput(models.Model):
    """What one portion of a dish weighs, gives and costs, by age group."""

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
    currency_id = fields.Many2one(related="dish_id.cost_currency_id")
    cost = fields.Monetary(
        "Cost of a portion",
        compute="_compute_cost",
        help="Gross weights × prices of the ingredients.",
    )

    _age_uniq = models.Constraint(
        "UNIQUE (dish_id, age_group_id)", "The dish already has an output of this age."
    )
    _not_negative = models.Constraint(
        "CHECK (output_g > 0 AND LEAST(proteins_g, fats_g, carbohydrates_g,"
        " energy_kcal) >= 0)",
        "Weights and nutrients are not negative, the output is more than zero.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "output_g",
        "dish_id.kg_cost",
        "dish_id.recipe_line_ids.gross_g",
        "dish_id.recipe_line_ids.age_group_id",
        "dish_id.recipe_line_ids.ingredient_id.kg_cost",
    )
    @api.depends_context("company")
    def _compute_cost(self):
        for age_group, outputs in self.grouped("age_group_id").items():
            dishes = outputs.dish_id._origin
            costs = dishes._get_portion_costs(age_group._origin)
            for output in outputs:
                output.cost = costs.get(output.dish_id._origin.id, 0.0)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        outputs = super().create(vals_list)
        outputs._refresh_drafts()
        return outputs

    def write(self, vals):
        # what an approved menu still has to work out is as the card was until now
        self.env["meal.menu.line"].flush_model(NUTRIENT_FIELDS)
        result = super().write(vals)
        self._refresh_drafts()
        return result

    # === BUSINESS METHODS === #

    def _refresh_drafts(self):
        """Menus in draft follow the technological card, approved ones do not."""
        lines = self.env["meal.menu.line"]
        # sudo: menus of all schools that serve the dish
        drafts = lines.sudo().search(
            [("dish_id", "in", self.dish_id.ids), ("menu_id.state", "=", "draft")]
        )
        drafts._compute_nutrients()
