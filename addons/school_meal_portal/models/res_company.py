from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    meal_hide_debt = fields.Boolean(
        "Hide debts from the account login",
        help="Who signs in with the account number then sees purchases, but neither a"
        " debt nor money put on the account. Parents who sign in by e-mail see all.",
    )
