from odoo import api, models
from odoo.exceptions import ValidationError

from ..const import TERMINAL


class PosPaymentMethod(models.Model):
    _inherit = "pos.payment.method"

    def _get_payment_terminal_selection(self):
        return super()._get_payment_terminal_selection() + [
            (TERMINAL, self.env._("Student's account"))
        ]

    @api.constrains("use_payment_terminal", "journal_id", "split_transactions")
    def _check_school_account(self):
        for method in self:
            if method.use_payment_terminal == TERMINAL and (
                method.journal_id or method.split_transactions
            ):
                raise ValidationError(
                    self.env._(
                        "Payments from students' accounts are booked on the control"
                        " account: leave the journal empty and do not identify the"
                        " customer in “%s”.",
                        method.name,
                    )
                )
