from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """School meals in the general settings; the administrator of meals, who is no
    system administrator, has the same values in ``meal.settings``."""

    _inherit = "res.config.settings"

    meal_card_fee = fields.Monetary(related="company_id.meal_card_fee", readonly=False)
    meal_card_reissue_fee = fields.Monetary(
        related="company_id.meal_card_reissue_fee", readonly=False
    )
    meal_hold_minutes = fields.Integer(
        related="company_id.meal_hold_minutes", readonly=False
    )
    meal_sitting_minutes = fields.Integer(
        related="company_id.meal_sitting_minutes", readonly=False
    )
    meal_offline_cap = fields.Monetary(
        related="company_id.meal_offline_cap", readonly=False
    )
