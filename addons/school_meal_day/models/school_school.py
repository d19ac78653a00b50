from odoo import fields, models


class SchoolSchool(models.Model):
    _inherit = "school.school"

    forecast_cutoff = fields.Float(
        "Evening cut-off",
        default=18.0,
        help="Local time of the school day before: the number of portions is told to"
        " the kitchen as a forecast.",
    )
    correction_cutoff = fields.Float(
        "Morning cut-off",
        default=9.0,
        help="Local time of the day itself: until then orders and absences change the"
        " number of portions, afterwards they are cooked.",
    )

    _cutoff_range = models.Constraint(
        "CHECK (forecast_cutoff >= 0 AND forecast_cutoff < 24"
        " AND correction_cutoff >= 0 AND correction_cutoff < 24)",
        "A cut-off is a time of the day.",
    )
