from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError


class MealSiblingTransfer(models.TransientModel):
    """Move money between the accounts of brothers and sisters."""

    _name = "meal.sibling.transfer"
    _description = "Transfer between Siblings"

    account_id = fields.Many2one(
        "meal.account", "From child", required=True, domain=[("kind", "=", "student")]
    )
    currency_id = fields.Many2one(related="account_id.currency_id")
    available = fields.Monetary(related="account_id.available")
    sibling_account_ids = fields.Many2many(
        "meal.account", compute="_compute_sibling_account_ids"
    )
    target_id = fields.Many2one(
        "meal.account",
        "To child",
        required=True,
        domain="[('id', 'in', sibling_account_ids)]",
    )
    target_student_id = fields.Many2one(related="target_id.student_id")
    amount = fields.Monetary(required=True)
    uuid = fields.Char(required=True, default=lambda self: str(uuid4()))

    @api.depends("account_id")
    def _compute_sibling_account_ids(self):
        for wizard in self:
            siblings = wizard.account_id.student_id._get_siblings()
            wizard.sibling_account_ids = siblings.account_ids.sudo(False)

    def action_transfer(self):
        """Record the transfer; pressing twice records it once."""
        self.ensure_one()
        self.account_id.check_access("read")
        if self.target_id not in self.sibling_account_ids:
            raise UserError(
                self.env._(
                    "These students have no representative in common: money moves"
                    " between brothers and sisters only."
                )
            )
        # sudo: who may use this wizard may record this transfer
        self.env["meal.ledger"].sudo()._transfer_between(
            self.account_id,
            self.target_id,
            round(self.amount * 100),
            uuid=f"sibling-{self.uuid}",
        )
        return {"type": "ir.actions.act_window_close"}
