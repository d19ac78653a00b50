from odoo import Command, fields, models
from odoo.exceptions import UserError

from .compensation_month_posting import COST


class CompensationLine(models.Model):
    """An overpayment that nothing is left to be taken off from: a leaver's."""

    _inherit = "compensation.line"

    settled_on = fields.Date(readonly=True)
    settlement_basis = fields.Char("Paid back or written off by", readonly=True)
    settlement_move_id = fields.Many2one(
        "account.move",
        "Entry of the settlement",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )

    # === ACTIONS === #

    def action_settle(self):
        """Ask how the overpayment ended (button)."""
        self.ensure_one()
        self.env["compensation.month"]._check_role("accountant", "manager")
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Paid back or written off"),
            "res_model": "compensation.settlement",
            "view_mode": "form",
            "target": "new",
            "context": {"default_line_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _settle(self, kind, date, basis, journal):
        """Settle what the parent owes for this line (called in sudo)."""
        self.ensure_one()
        self.lock_for_update(allow_referencing=True)
        if self.state != "due" or self.amount >= 0:
            raise UserError(
                self.env._(
                    "Only an overpayment that no payment list takes off is paid back or"
                    " written off."
                )
            )
        if kind == "paid_back":
            move = self._post_paid_back(date, journal)
        else:
            move = self._post_write_off(date)
        owed = self.move_line_id.account_id
        own = move.line_ids.filtered(lambda item: item.account_id == owed)
        (own | self.move_line_id).reconcile()
        self.write(
            {
                "state": "settled",
                "settled_on": date,
                "settlement_basis": basis,
                "settlement_move_id": move.id,
            }
        )

    def _post_paid_back(self, date, journal):
        if not journal:
            raise UserError(
                self.env._("Choose the account to which the money was paid back.")
            )
        payment = (
            self.env["account.payment"]
            .with_company(self.company_id)
            .create(
                {
                    "payment_type": "inbound",
                    "partner_type": "supplier",
                    "partner_id": self.partner_id.id,
                    "amount": -self.amount,
                    "currency_id": self.currency_id.id,
                    "date": date,
                    "journal_id": journal.id,
                    "destination_account_id": self.move_line_id.account_id.id,
                    "memo": self._get_settlement_text(),
                }
            )
        )
        payment.action_post()
        return payment.move_id

    def _post_write_off(self, date):
        month = self.month_id
        move = (
            self.env["account.move"]
            .with_company(self.company_id)
            .create(
                {
                    "move_type": "entry",
                    "date": month._get_open_date(date),
                    "journal_id": self.company_id.meal_journal_id.id,
                    "ref": self._get_settlement_text(),
                    "line_ids": [
                        Command.create(
                            {
                                **month._prepare_cost_item(
                                    month._get_gl_account(COST), self
                                ),
                                "balance": -self.amount,
                            }
                        ),
                        Command.create(
                            {
                                **month._prepare_owed_item(
                                    self.move_line_id.account_id, self
                                ),
                                "partner_id": self.move_line_id.partner_id.id,
                                "balance": self.amount,
                            }
                        ),
                    ],
                }
            )
        )
        move._post(soft=False)
        return move

    def _get_settlement_text(self):
        # no name of a child in the ledger
        return self.env._("Overpaid compensation for %s", f"{self.period:%m.%Y}")

    def _get_settlement_item(self):
        """Return the item of the money paid back that is not on a statement yet."""
        payment = self.settlement_move_id.origin_payment_id
        return self.settlement_move_id.line_ids.filtered(
            lambda item: (
                item.account_id == payment.outstanding_account_id
                and not item.reconciled
            )
        )
