from odoo import models
from odoo.exceptions import UserError

from .account_bank_statement_line import OTHER, PAYOUT, UNMATCHED


class AccountBankStatementLine(models.Model):
    """Bank lines that bring families their money back."""

    _inherit = "account.bank.statement.line"

    # === ACTION METHODS === #

    def action_meal_paid_out(self):
        """Take an outgoing payment as money paid back to a family or a payer."""
        self._check_meal_accountant()
        for line in self:
            line._check_meal_outgoing()
            line._check_is_owed()
            account = line._get_payout_account()
            line._rebook(line._prepare_move_line_default_vals(account.id))
            line.meal_state = PAYOUT

    # === BUSINESS METHODS === #

    def _check_meal_outgoing(self):
        if (
            self.amount >= 0
            or self.is_reconciled
            or self.meal_state not in (OTHER, UNMATCHED, False)
        ):
            raise UserError(
                self.env._(
                    "Only an outgoing payment that is not booked yet can be a payout."
                )
            )

    def _check_is_owed(self):
        """No more is paid back than waits for it: what left the families' accounts and
        the unidentified receipts for that purpose, less what was paid before."""
        # sudo: the balance of the account, for whoever may book bank lines.
        payout = self.env["meal.account"].sudo()._system("payout", self.company_id)
        [(paid,)] = self._read_group(
            [("company_id", "=", self.company_id.id), ("meal_state", "=", PAYOUT)],
            [],
            ["amount:sum"],
        )
        currency = self.company_id.currency_id
        owed = currency.round(payout._balance() / 100 + (paid or 0))
        if currency.compare_amounts(-self.amount, owed) > 0:
            raise UserError(
                self.env._(
                    "%(amount)s was paid, but only %(owed)s waits to be paid out."
                    " Record the payout on the family's account or the receipt first.",
                    amount=f"{-self.amount:.2f}",
                    owed=f"{owed:.2f}",
                )
            )

    def _get_payout_account(self):
        # sudo: the mapping of kinds is a setting, read on behalf of the service.
        mappings = self.env["meal.gl.mapping"].sudo()
        account = mappings.search(
            [("company_id", "=", self.company_id.id), ("kind", "=", "payout")],
            limit=1,
        ).account_id
        if not account:
            raise UserError(
                self.env._(
                    "Choose the general ledger account of payouts in the ledger set-up"
                    " first."
                )
            )
        return account
