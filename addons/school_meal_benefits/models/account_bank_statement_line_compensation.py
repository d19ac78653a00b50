from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.school_meal_base.models.account_bank_statement_line import (
    OTHER,
    UNMATCHED,
)

COMPENSATION = "compensation"


class AccountBankStatementLine(models.Model):
    """Bank lines that send compensation to parents, or bring it back."""

    _inherit = "account.bank.statement.line"

    meal_state = fields.Selection(selection_add=[(COMPENSATION, "Compensation")])
    compensation_payment_ids = fields.Many2many(
        "compensation.payment", string="Compensation payments", readonly=True
    )

    # === ACTIONS === #

    def action_meal_compensation(self):
        """Take the line as payments of compensation: one, or a list at once; money that
        came in as one that the bank returned (button)."""
        self._check_meal_accountant()
        for line in self:
            line._check_compensation_open()
            # sudo: payments are changed by what the bank says only
            if line.amount < 0:
                line._match_sent(line.sudo()._find_sent())
            elif back := line.sudo()._find_paid_back():
                line._match_paid_back(back)
            else:
                line._match_returned(line.sudo()._find_to_return())

    # === BUSINESS METHODS === #

    def _check_compensation_open(self):
        states = (OTHER, UNMATCHED, False)
        if self.is_reconciled or self.meal_state not in states:
            raise UserError(
                self.env._("Only a line that is not matched yet can be dealt with.")
            )

    def _find_sent(self):
        """Return the payments of one order, or of a whole list, with this amount."""
        payments = self._get_unmatched(("sent", "paid", "returned"), "<")
        single = payments.filtered(lambda each: self._is_amount(each.amount))
        lists = [
            own
            for own in payments.grouped("list_id").values()
            if len(own) > 1 and self._is_amount(sum(own.mapped("amount")))
        ]
        return self._choose([*single, *lists])

    def _find_to_return(self):
        payments = self._get_unmatched(("sent", "paid", "returned"), ">")
        return self._choose([each for each in payments if self._is_amount(each.amount)])

    def _find_paid_back(self):
        """Return the overpayment that a parent has paid back with this amount, if
        exactly one is recorded."""
        lines = self.env["compensation.line"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "settled"),
                ("settlement_move_id.journal_id", "=", self.journal_id.id),
                ("amount", "=", -self.amount),
            ]
        )
        lines = lines.filtered(lambda each: each._get_settlement_item())
        return lines if len(lines) == 1 else lines.browse()

    def _get_unmatched(self, states, operator):
        """Return payments in these states from the account of the line that no line of
        its direction stands for."""
        payments = self.env["compensation.payment"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("list_id.journal_id", "=", self.journal_id.id),
                ("state", "in", states),
                ("date", "<=", self.date),
            ]
        )
        lines = self.search(
            [
                ("compensation_payment_ids", "in", payments.ids),
                ("amount", operator, 0),
            ]
        )
        return payments - lines.compensation_payment_ids

    def _is_amount(self, amount):
        currency = self.company_id.currency_id
        return not currency.compare_amounts(abs(self.amount), amount)

    def _choose(self, candidates):
        """Return the one candidate, or the one whose number the bank names."""
        if len(candidates) > 1:
            words = (self.payment_ref or "").replace(",", " ").split()
            candidates = [
                each
                for each in candidates
                if {str(number) for number in each.mapped("number")} & set(words)
                or each.list_id.name in words
            ]
        if len(candidates) != 1:
            raise UserError(
                self.env._(
                    "There is not exactly one payment or payment list of compensation"
                    " with this amount. Write the number of the payment order into the"
                    " label of the line and try again."
                )
            )
        return candidates[0]

    def _match_sent(self, payments):
        self._book_against(payments.mapped(lambda each: each._get_transit_items()))
        payments._confirm()
        self._note_compensation(payments)
        payments.list_id._update_done()

    def _match_returned(self, payment):
        payment._return(self.date, self.payment_ref or self.env._("Bank statement"))
        self._book_against(payment._get_return_items())
        self._note_compensation(payment)

    def _match_paid_back(self, line):
        self._book_against(line._get_settlement_item())
        self._note_compensation(self.env["compensation.payment"])

    def _note_compensation(self, payments):
        self.write(
            {
                "meal_state": COMPENSATION,
                "compensation_payment_ids": [fields.Command.set(payments.ids)],
            }
        )

    def _book_against(self, items):
        """Book the line on the account in transit, and settle the payments' items.

        What was sent and came back before the statement settled each other: the bank's
        lines now stand for both.
        """
        account = items.account_id
        items.remove_move_reconcile()
        self._rebook(self._prepare_move_line_default_vals(account.id))
        own = self.move_id.line_ids.filtered(lambda item: item.account_id == account)
        (own | items).reconcile()
