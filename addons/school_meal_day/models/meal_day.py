from odoo import fields, models


class MealDay(models.Model):
    """A day of a school: open while it is being fed, then closed for good.

    What a closed day says changes only by ``meal.correction``.
    """

    _name = "meal.day"
    _description = "Meal Day of a School"
    _inherit = ["mail.thread"]
    _order = "date desc, school_id"

    school_id = fields.Many2one(
        "school.school", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True, index=True)
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")],
        "Status",
        required=True,
        readonly=True,
        default="open",
        tracking=True,
    )
    closed_at = fields.Datetime(readonly=True)
    closed_by_id = fields.Many2one("res.users", "Closed by", readonly=True)
    line_ids = fields.One2many("meal.day.line", "day_id", "Portions", readonly=True)
    exception_ids = fields.One2many("meal.day.exception", "day_id", "Exceptions")

    _school_date_uniq = models.Constraint(
        "UNIQUE (school_id, date)", "The school already has this day."
    )
