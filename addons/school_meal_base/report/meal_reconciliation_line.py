from odoo import fields, models

from . import meal_reconciliation_sql as statements


class MealReconciliationLine(models.TransientModel):
    _name = "meal.reconciliation.line"
    _description = "Reconciliation: Day and Account"
    _order = "date desc, is_control desc, account_id, id"

    reconciliation_id = fields.Many2one(
        "meal.reconciliation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="reconciliation_id.company_id")
    currency_id = fields.Many2one(related="reconciliation_id.currency_id")
    date = fields.Date(readonly=True)
    account_id = fields.Many2one("account.account", readonly=True)
    is_control = fields.Boolean("Control account", readonly=True)
    ledger_debit = fields.Monetary("Ledger debit", readonly=True)
    ledger_credit = fields.Monetary("Ledger credit", readonly=True)
    pending_debit = fields.Monetary("Waiting debit", readonly=True)
    pending_credit = fields.Monetary("Waiting credit", readonly=True)
    gl_debit = fields.Monetary("General Ledger debit", readonly=True)
    gl_credit = fields.Monetary("General Ledger credit", readonly=True)
    gl_other = fields.Monetary(
        "Other Entries",
        readonly=True,
        help="Entries on this account that are not of meals, such as bank statements."
        " They do not count as a difference.",
    )
    difference = fields.Monetary(readonly=True)

    def action_open_transfers(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Transfers of %s", self.date),
            "res_model": "meal.transfer",
            "view_mode": "list",
            "domain": [("reconciliation_line_id", "=", self.id)],
        }

    def action_open_entries(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Journal items of %s", self.date),
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("account_id", "=", self.account_id.id),
                ("date", "=", self.date),
                ("parent_state", "=", "posted"),
            ],
        }

    def _sql_transfers(self):
        """:return: SQL of the ids of the transfers that make the row's figures"""
        self.ensure_one()
        return statements.transfers_of(
            self.env,
            self.company_id,
            self.date,
            self.account_id.id or None,
            self.is_control,
        )
