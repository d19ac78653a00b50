from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    meal_forecast_cutoff = fields.Float(
        related="company_id.meal_forecast_cutoff", readonly=False
    )
    meal_correction_cutoff = fields.Float(
        related="company_id.meal_correction_cutoff", readonly=False
    )
