from odoo import fields, models


class CompensationReturn(models.TransientModel):
    """When and why the bank returned a payment."""

    _name = "compensation.return"
    _description = "Payment Returned by the Bank"

    payment_id = fields.Many2one(
        "compensation.payment", required=True, readonly=True, ondelete="cascade"
    )
    date = fields.Date("Returned on", required=True, default=fields.Date.context_today)
    reason = fields.Char("Why", required=True, help="As the bank says it.")

    def action_return(self):
        self.ensure_one()
        self.env["compensation.month"]._check_role("accountant", "manager")
        self.payment_id.check_access("read")
        # sudo: payments are changed by what the bank says only; checked above
        self.payment_id.sudo()._return(self.date, self.reason)
        return {"type": "ir.actions.act_window_close"}
