from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..domain import menu_files
from .meal_dish_line_mixin import NUTRIENT_FIELDS


class MealCycleLine(models.Model):
    """A dish on a day of a cycle."""

    _name = "meal.cycle.line"
    _description = "Dish of a Cyclic Menu"
    _inherit = ["meal.dish.line.mixin"]
    _order = "cycle_id, day_number, meal_type_id, sequence, id"
    _rec_name = "dish_id"

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

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_draft()
        return lines

    def write(self, vals):
        self._check_draft()
        result = super().write(vals)
        if "cycle_id" in vals:
            self._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_of_drafts(self):
        self._check_draft()

    # === BUSINESS METHODS === #

    def _check_draft(self):
        if not self.env.su:
            self.cycle_id._check_draft()

    def _get_age_group(self):
        return self.cycle_id.age_group_id

    def _as_file_dish(self):
        return menu_files.Dish(
            self.meal_type_id.code,
            self.section_id.file_name or "",
            self.tech_card_number or "",
            self.dish_id.name,
            self.output_g,
            round(self.price * 100) or None,
            self.energy_kcal,
            self.proteins_g,
            self.fats_g,
            self.carbohydrates_g,
        )
