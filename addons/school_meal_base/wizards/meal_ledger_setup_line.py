from odoo import fields, models

from ..const import ACCOUNT_KINDS


class MealLedgerSetupLine(models.TransientModel):
    _name = "meal.ledger.setup.line"
    _description = "Set Up the Meal Ledger: Kind of Account"

    setup_id = fields.Many2one("meal.ledger.setup", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="setup_id.company_id")
    kind = fields.Selection(ACCOUNT_KINDS, required=True, readonly=True)
    account_id = fields.Many2one("account.account", check_company=True)
