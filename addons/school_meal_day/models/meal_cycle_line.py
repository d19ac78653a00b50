from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .meal_dish_line_mixin import NUTRIENT_FIELDS


class MealCycleLine(models.Model):
    """A dish on a day of a cycle."""

    _name = "meal.cycle.line"
    _description = "Dish of a Cyclic Menu"
    _inherit = ["meal.dish.line.mixin", "meal.approval.line.mixin"]
    _order = "cycle_id, day_number, meal_type_id, sequence, id"
    _rec_name = "dish_id"
    _document_field = "cycle_id"

    cycle_id = fields.Many2one(
        "meal.cycle", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="cycle_id.company_id", store=True)
    state = fields.Selection(related="cycle_id.state")
    day_number = fields.Integer("Day", required=True, default=1, aggregator=False)
    price = fields.Float(digits=(10, 2))

    # === CONSTRAINTS === #

    @api.constrains("day_number")
    def _check_day_number(self):
        for line in self:
            if not 1 <= line.day_number <= line.cycle_id.day_count:
                raise ValidationError(
                    self.env._(
                        "%(cycle)s has the days 1 to %(count)s; there is no day"
                        " %(day)s.",
                        cycle=line.cycle_id.name,
                        count=line.cycle_id.day_count,
                        day=line.day_number,
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends(
        "dish_id",
        "cycle_id.age_group_id",
        *(f"dish_id.dish_output_ids.{name}" for name in NUTRIENT_FIELDS),
    )
    def _compute_nutrients(self):
        return super()._compute_nutrients()

    # === BUSINESS METHODS === #

    def _get_age_group(self):
        return self.cycle_id.age_group_id
