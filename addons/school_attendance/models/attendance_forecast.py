from odoo import fields, models

from ..const import PAYERS


class AttendanceForecast(models.Model):
    """Portions of a school day and meal: forecast, naive forecast, and what was cooked.

    A row is made the day before and gets its actual number the day after; forecast and
    error stay as they were. Written by ``attendance_forecast_facts.py``.
    """

    _name = "attendance.forecast"
    _description = "Forecast of portions"
    _order = "date desc, school_id, meal_type_id, payer"
    _log_access = False

    school_id = fields.Many2one(
        "school.school", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", "Municipality", required=True, readonly=True, index=True
    )
    date = fields.Date(required=True, readonly=True)
    meal_type_id = fields.Many2one(
        "meal.type", "Meal", required=True, readonly=True, ondelete="restrict"
    )
    payer = fields.Selection(PAYERS, "Paid for by", required=True, readonly=True)
    expected_count = fields.Integer(
        "Children expected",
        readonly=True,
        help="Of classes taught at school, without absences reported by then.",
    )
    predicted = fields.Integer("Forecast", readonly=True)
    naive = fields.Integer(
        "Naive forecast",
        readonly=True,
        help="The same weekday a week before, or the last school day.",
    )
    is_actual = fields.Boolean("Day is over", readonly=True)
    actual = fields.Integer("Cooked", readonly=True)
    error = fields.Integer("Error", readonly=True, help="Portions, without sign.")
    naive_error = fields.Integer("Naive error", readonly=True)
    is_backtest = fields.Boolean(
        "Made afterwards",
        readonly=True,
        help="From the days before it only, but on a later day: when the forecast was"
        " switched on.",
    )
    made_at = fields.Datetime("Made", readonly=True)

    _once = models.Constraint(
        "UNIQUE (school_id, date, meal_type_id, payer)",
        "One forecast of a school, day and meal.",
    )
    _date_idx = models.Index("(date DESC)")
    _open_idx = models.Index("(school_id, date) WHERE NOT is_actual")
