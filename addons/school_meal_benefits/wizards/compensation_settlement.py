from odoo import api, fields, models

from ..const import SETTLEMENT_KINDS


class CompensationSettlement(models.TransientModel):
    """How an overpayment ends that no later month takes off: the parent has paid it
    back, or it is written off."""

    _name = "compensation.settlement"
    _description = "End of an Overpayment"

    line_id = fields.Many2one(
        "compensation.line", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="line_id.company_id")
    kind = fields.Selection(SETTLEMENT_KINDS, required=True, default="paid_back")
    date = fields.Date(required=True, default=fields.Date.context_today)
    journal_id = fields.Many2one(
        "account.journal",
        "Paid to",
        compute="_compute_journal_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('type', '=', 'bank'), ('company_id', '=', company_id)]",
    )
    basis = fields.Char(
        required=True, help="The payment document, or the order to write it off."
    )

    @api.depends("line_id")
    def _compute_journal_id(self):
        for wizard in self:
            lists = self.env["compensation.payment.list"]
            values = lists.new({"company_id": wizard.line_id.company_id.id})
            wizard.journal_id = values.journal_id

    def action_settle(self):
        self.ensure_one()
        self.env["compensation.month"]._check_role("accountant", "manager")
        self.line_id.check_access("read")
        # sudo: lines are nobody's to write; checked above
        self.sudo().line_id._settle(self.kind, self.date, self.basis, self.journal_id)
        return {"type": "ir.actions.act_window_close"}
