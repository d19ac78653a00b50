from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..const import REASONS, REVERSAL_REASONS


class MealTransferReverse(models.TransientModel):
    """Give back all or a part of a wrong entry, even when the money is spent."""

    _name = "meal.transfer.reverse"
    _description = "Reversal of a Ledger Transfer"

    transfer_id = fields.Many2one(
        "meal.transfer", "Entry", required=True, readonly=True
    )
    currency_id = fields.Many2one(related="transfer_id.currency_id")
    from_account_id = fields.Many2one(
        related="transfer_id.credit_account_id", string="Takes from"
    )
    to_account_id = fields.Many2one(
        related="transfer_id.debit_account_id", string="Gives back to"
    )
    left = fields.Monetary("Can be reversed", compute="_compute_left")
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    debt = fields.Monetary(
        compute="_compute_debt",
        help="What the money on the account does not cover.",
    )
    allow_debt = fields.Boolean("Leave the account in debt")
    reason = fields.Selection(
        lambda self: [
            (code, label) for code, label in REASONS if code in REVERSAL_REASONS
        ],
        required=True,
        default="correction",
    )
    note = fields.Char(
        "Explanation", required=True, help="For the auditor: the document and why."
    )
    uuid = fields.Char(required=True, default=lambda self: str(uuid4()))

    # === COMPUTE METHODS === #

    @api.depends("transfer_id")
    def _compute_left(self):
        for wizard in self:
            wizard.left = wizard.transfer_id._get_reversible() / 100

    @api.depends("left")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.left

    @api.depends("amount", "left", "from_account_id")
    def _compute_debt(self):
        for wizard in self:
            account = wizard.from_account_id
            is_personal = account.kind == "student"
            # More than is left is refused by the ledger, debt or not.
            amount = min(wizard.amount, wizard.left)
            missing = amount - account.available if is_personal else 0
            wizard.debt = max(0, round(missing, 2))

    # === ACTION METHODS === #

    def action_reverse(self):
        """Record the reversal; pressing twice records it once."""
        self.ensure_one()
        self.transfer_id.check_access("read")
        self.transfer_id._check_reversible()
        self._check_note()
        forced = self.debt > 0
        if forced and not self.allow_debt:
            raise UserError(
                self.env._(
                    "%(amount)s of this money is already spent. To reverse the entry"
                    " all the same, choose “Leave the account in debt”, or reverse"
                    " only a part.",
                    amount=format_amount(self.env, self.debt, self.currency_id),
                )
            )
        # sudo: the rights to this dialog are the rights to record a reversal
        result = (
            self.env["meal.ledger"]
            .sudo()
            ._reverse(
                self.transfer_id.uuid,
                round(self.amount * 100),
                uuid=f"reverse-{self.uuid}",
                forced=forced,
                reason=self.reason,
                source=("meal.transfer", self.transfer_id.id),
            )
        )
        if result.status == "created":
            self._note_reversal()
        return {"type": "ir.actions.act_window_close"}

    # === HELPERS === #

    def _check_note(self):
        if len((self.note or "").strip()) < 5:
            raise UserError(
                self.env._("Write the explanation: the document and what was wrong.")
            )

    def _note_reversal(self):
        """Say on the students' records who reversed what and why."""
        accounts = self.from_account_id + self.to_account_id
        # sudo: an accountant may not write contacts; the author stays the accountant
        for student in accounts.student_id.sudo():
            student.partner_id.message_post(
                body=self.env._(
                    "Entry %(id)s of %(day)s is reversed: %(amount)s. %(note)s",
                    id=self.transfer_id.id,
                    day=self.transfer_id.business_date,
                    amount=format_amount(self.env, self.amount, self.currency_id),
                    note=self.note,
                ),
                author_id=self.env.user.partner_id.id,
            )
