from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    meal_forecast_cutoff = fields.Float(
        "Evening cut-off",
        default=18.0,
        help="Local time of the working day before, for schools without hours of"
        " their own: the number of portions is told to the kitchen as a forecast.",
    )
    meal_correction_cutoff = fields.Float(
        "Morning cut-off",
        default=9.0,
        help="Local time of the day itself, for schools without hours of their own:"
        " until then orders and absences change the number of portions.",
    )

    _meal_cutoff_range = models.Constraint(
        "CHECK (meal_forecast_cutoff >= 0 AND meal_forecast_cutoff < 24"
        " AND meal_correction_cutoff >= 0 AND meal_correction_cutoff < 24)",
        "A cut-off is a time of the day, from 00:00 to 23:59.",
    )
