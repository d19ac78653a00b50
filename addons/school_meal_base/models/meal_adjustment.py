from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import REASON_CORRECTION


class MealAdjustment(models.Model):
    """A manual top-up or correction of a personal account: who, when and why.

    The ledger holds the money, this document the explanation; neither is changed
    afterwards. A mistake is corrected by another document.
    """

    _name = "meal.adjustment"
    _description = "Manual Top-up or Correction"
    _order = "id desc"
    _rec_name = "account_id"
    _check_company_auto = True

    account_id = fields.Many2one(
        "meal.account",
        "Personal account",
        required=True,
        ondelete="restrict",
        index=True,
        domain=[("kind", "=", "student")],
        check_company=True,
    )
    student_id = fields.Many2one(related="account_id.student_id")
    company_id = fields.Many2one(related="account_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    operation = fields.Selection(
        [
            ("topup", "Top-up: money received outside the bank's files"),
            ("credit", "Correction in favour of the family"),
            ("debit", "Correction: charge"),
        ],
        required=True,
        default="topup",
    )
    amount = fields.Monetary(required=True)
    note = fields.Char(
        "Reason", required=True, help="For the auditor: the document and the reason."
    )
    transfer_id = fields.Many2one("meal.transfer", readonly=True, ondelete="restrict")

    # === CONSTRAINT METHODS === #

    @api.constrains("note")
    def _check_note(self):
        for adjustment in self:
            if len((adjustment.note or "").strip()) < 5:
                raise ValidationError(
                    self.env._("Write the reason: the document and what was wrong.")
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        adjustments = super().create(
            [{**vals, "transfer_id": False} for vals in vals_list]
        )
        for adjustment in adjustments:
            result = adjustment._record()
            # sudo: nobody may write a correction; this completes its creation.
            super(MealAdjustment, adjustment.sudo()).write(
                {"transfer_id": result.transfer_id}
            )
        return adjustments

    def write(self, vals):
        raise UserError(
            self.env._(
                "A recorded correction is not changed: record another, the other way."
            )
        )

    # === BUSINESS METHODS === #

    def _record(self):
        """Write the transfer; refuses as the ledger does (no money, closed account)."""
        self.ensure_one()
        self.account_id._check_personal()
        account, kopecks = self.account_id, round(self.amount * 100)
        # sudo: the rights to this document are the rights to record it
        ledger = self.env["meal.ledger"].sudo()
        meta = {
            "uuid": f"adjustment-{self.id}",
            "source": (self._name, self.id),
            "school": account.school_id,
        }
        if self.operation == "topup":
            debit = account.sudo()._system("transit", account.company_id, code="manual")
            return ledger._top_up(account, kopecks, debit=debit, **meta)
        other = account.sudo()._system(
            "writeoff", account.company_id, code="correction"
        )
        meta.update(kind="adjustment", reason=REASON_CORRECTION)
        if self.operation == "credit":
            return ledger._top_up(account, kopecks, debit=other, **meta)
        return ledger._charge(account, kopecks, credit=other, **meta)
