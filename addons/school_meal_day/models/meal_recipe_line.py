from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..domain import recipes


class MealRecipeLine(models.Model):
    """One ingredient of one portion of a dish, by age group, in grams."""

    _name = "meal.recipe.line"
    _description = "Recipe Line"
    _order = "dish_id, age_group_id, sequence, id"

    dish_id = fields.Many2one(
        "product.template",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('is_dish', '=', True)]",
    )
    sequence = fields.Integer(default=10)
    age_group_id = fields.Many2one("meal.age.group", help="Empty: all ages.")
    ingredient_id = fields.Many2one(
        "product.template",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_ingredient', '=', True)]",
    )
    gross_g = fields.Float("Gross, g", required=True, digits=(10, 2))
    net_g = fields.Float("Net, g", required=True, digits=(10, 2))
    currency_id = fields.Many2one(related="dish_id.cost_currency_id")
    cost = fields.Monetary(compute="_compute_cost")

    _weights = models.Constraint(
        "CHECK (net_g > 0 AND gross_g >= net_g)",
        "The gross weight is no less than the net weight, which is more than zero.",
    )

    # === CONSTRAINTS === #

    @api.constrains("dish_id", "ingredient_id")
    def _check_ingredient(self):
        for line in self:
            if not line.dish_id.is_dish:
                raise ValidationError(
                    self.env._("%s is not a dish and has no recipe.", line.dish_id.name)
                )
            if not line.ingredient_id.is_ingredient:
                raise ValidationError(
                    self.env._(
                        "%s is not an ingredient. Mark it as one first.",
                        line.ingredient_id.name,
                    )
                )
        self._check_no_cycle()

    def _check_no_cycle(self):
        parts = self._get_parts()
        for dish in self.dish_id:
            path = recipes.find_cycle(dish.id, parts)
            if path:
                names = self.env["product.template"].browse(path).mapped("name")
                raise ValidationError(
                    self.env._(
                        "A dish cannot be made of itself: %s.", " → ".join(names)
                    )
                )

    def _get_parts(self):
        """Return {dish id: ingredient ids} of these dishes and all they are made of."""
        parts, wanted = {}, set((self.dish_id + self.ingredient_id).ids)
        while wanted:
            parts.update(dict.fromkeys(wanted, ()))
            for dish, ingredients in self._read_group(
                [("dish_id", "in", list(wanted))],
                ["dish_id"],
                ["ingredient_id:array_agg"],
            ):
                parts[dish.id] = tuple(set(ingredients))
            found = {part for own in parts.values() for part in own}
            wanted = found - parts.keys()
        return parts

    # === COMPUTE METHODS === #

    @api.depends("gross_g", "ingredient_id.kg_cost")
    @api.depends_context("company")
    def _compute_cost(self):
        for line in self:
            line.cost = line.gross_g * line.ingredient_id.kg_cost / 1000

    @api.onchange("gross_g")
    def _onchange_gross_g(self):
        if not self.net_g:
            self.net_g = self.gross_g
