from odoo import fields, models
from odoo.fields import Domain


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
            "domain": list(self._transfer_domain()),
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

    def _transfer_domain(self):
        day = Domain("posting_link_ids.posting_id.date", "=", self.date) | (
            Domain("business_date", "=", self.date)
            & Domain("posting_link_ids", "=", False)
        )
        ids = self._system_account_ids()
        account = Domain("debit_account_id", "in", ids) | Domain(
            "credit_account_id", "in", ids
        )
        if self.is_control:
            account |= Domain("debit_account_id.kind", "=", "student") | Domain(
                "credit_account_id.kind", "=", "student"
            )
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("phase", "in", ("single", "post"))
            & account
            & day
        )

    def _system_account_ids(self):
        """:return: ids of the system accounts that stand on this account"""
        rows = self.env.execute_query(
            self.env["meal.gl.mapping"]._sql_gl_accounts(self.company_id)
        )
        return [
            account_id
            for account_id, kind, gl_id in rows
            if gl_id == (self.account_id.id or None) and kind != "student"
        ]
