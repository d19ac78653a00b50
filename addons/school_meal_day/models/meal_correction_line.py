from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import OUTCOMES

#: A portion is passed on while the day is being fed only.
CORRECTED_OUTCOMES = [each for each in OUTCOMES if each[0] != "passed_on"]


class MealCorrectionLine(models.Model):
    """A portion of the day as it should have been."""

    _name = "meal.correction.line"
    _description = "Corrected Portion"

    correction_id = fields.Many2one(
        "meal.correction", required=True, index=True, ondelete="cascade"
    )
    day_id = fields.Many2one(related="correction_id.day_id")
    school_id = fields.Many2one(related="correction_id.school_id", store=True)
    day_line_id = fields.Many2one(
        "meal.day.line",
        "Portion",
        index="btree_not_null",
        domain="[('day_id', '=', day_id), ('is_current', '=', True)]",
        help="Empty: a portion the day does not know.",
    )
    exception_id = fields.Many2one(
        "meal.day.exception", readonly=True, index="btree_not_null"
    )
    student_id = fields.Many2one(
        "school.student",
        required=True,
        compute="_compute_portion",
        store=True,
        readonly=False,
        precompute=True,
    )
    meal_type_id = fields.Many2one(
        "meal.type",
        "Meal",
        required=True,
        compute="_compute_portion",
        store=True,
        readonly=False,
        precompute=True,
    )
    old_outcome = fields.Selection(related="day_line_id.outcome", string="Was")
    outcome = fields.Selection(
        CORRECTED_OUTCOMES, "Should be", required=True, default="issued"
    )

    _portion_once = models.UniqueIndex(
        "(correction_id, day_line_id) WHERE day_line_id IS NOT NULL",
        "A portion is in a correction once.",
    )

    # === COMPUTE METHODS === #

    @api.depends("day_line_id")
    def _compute_portion(self):
        for line in self:
            portion = line.day_line_id
            line.student_id = portion.student_id or line.student_id
            line.meal_type_id = portion.meal_type_id or line.meal_type_id

    # === CONSTRAINTS === #

    @api.constrains(
        "day_line_id", "student_id", "meal_type_id", "correction_id", "exception_id"
    )
    def _check_portion(self):
        # sudo: the lines are compared, not shown
        for line in self.sudo():
            portion, day = line.day_line_id, line.correction_id.day_id
            fits = not portion or (
                portion.day_id == day
                and portion.student_id == line.student_id
                and portion.meal_type_id == line.meal_type_id
            )
            fits &= line.exception_id.day_id in (day, day.browse())
            if not fits or line.student_id.company_id != day.company_id:
                raise ValidationError(
                    self.env._(
                        "%(student)s: choose a portion of %(day)s, or leave it empty to"
                        " add one.",
                        student=line.student_id.name,
                        day=day.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.correction_id._check_draft()
        return lines

    def write(self, vals):
        self.correction_id._check_draft()
        result = super().write(vals)
        self.correction_id._check_draft()  # moved to another document, perhaps
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        self.correction_id._check_draft()
