from odoo import fields, models


class SchoolSchool(models.Model):
    _inherit = "school.school"

    closing_from = fields.Float(
        "Day may be closed from",
        default=13.0,
        help="Local time after the last serving; the day can be closed from then on.",
    )

    _closing_from_range = models.Constraint(
        "CHECK (closing_from >= 0 AND closing_from < 24)",
        "The end of serving is a time of the day.",
    )
