from odoo import fields, models


class MealSnapshot(models.Model):
    """How many portions were wanted at a moment that binds kitchen and supplier.

    Append-only. The first is the forecast of the evening, the order the one of the
    morning cut-off; whatever changes later is a correction.
    """

    _name = "meal.snapshot"
    _description = "Binding Number of Portions"
    _order = "date desc, school_id, id desc"

    school_id = fields.Many2one(
        "school.school", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    date = fields.Date(required=True, readonly=True)
    kind = fields.Selection(
        [
            ("forecast", "Forecast"),
            ("order", "Order"),
            ("correction", "Correction"),
        ],
        required=True,
        readonly=True,
    )
    taken_at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "By", readonly=True)
    previous_id = fields.Many2one("meal.snapshot", readonly=True)
    line_ids = fields.One2many("meal.snapshot.line", "snapshot_id", readonly=True)
    portion_count = fields.Integer("Portions", readonly=True)

    _kind_uniq = models.UniqueIndex(
        "(school_id, date, kind) WHERE kind <> 'correction'",
        "This number of portions is already fixed.",
    )
    _school_day_idx = models.Index("(school_id, date)")
