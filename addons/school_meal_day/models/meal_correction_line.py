from odoo import fields, models

from ..const import OUTCOMES


class MealCorrectionLine(models.Model):
    """A portion of the day as it should have been."""

    _name = "meal.correction.line"
    _description = "Corrected Portion"

    correction_id = fields.Many2one(
        "meal.correction", required=True, index=True, ondelete="cascade"
    )
    school_id = fields.Many2one(related="correction_id.school_id", store=True)
    day_line_id = fields.Many2one(
        "meal.day.line", "Portion", help="Empty: a portion the day does not know."
    )
    student_id = fields.Many2one("school.student", required=True)
    meal_type_id = fields.Many2one("meal.type", "Meal", required=True)
    outcome = fields.Selection(OUTCOMES, required=True, default="issued")
