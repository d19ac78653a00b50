from odoo import fields, models


class ResCompany(models.Model):
    """A municipality, or the caterer that works for it."""

    _inherit = "res.company"

    meal_control_account_id = fields.Many2one(
        "account.account",
        string="Personal accounts: control account",
        help="What the canteen owes to families: the sum of all personal accounts.",
    )
    meal_journal_id = fields.Many2one("account.journal", string="Meal ledger journal")
    meal_card_fee = fields.Monetary("Card fee", default=33.0)
    meal_card_reissue_fee = fields.Monetary("Fee for a reissued card", default=33.0)
    meal_hold_minutes = fields.Integer("Hold lasts, minutes", default=15)
    meal_sitting_minutes = fields.Integer("A sitting lasts, minutes", default=30)
    meal_offline_cap = fields.Monetary("Offline cap per student", default=300.0)
    meal_match_days = fields.Integer(
        "Bank transfer expected within, days",
        default=5,
        help="Registries and bank payments not matched for longer stand out in lists.",
    )

    _meal_minutes_positive = models.Constraint(
        "CHECK (COALESCE(meal_hold_minutes, 1) BETWEEN 1 AND 1440"
        " AND COALESCE(meal_sitting_minutes, 1) BETWEEN 1 AND 1440)",
        "A hold and a sitting last from one minute to one day.",
    )
