import base64

from odoo import fields, models
from odoo.exceptions import UserError

from ..domain import payment_order


class CompensationBankAnswer(models.TransientModel):
    """Reads the bank's answer to a registry: credited, or returned and why.

    An answer read twice changes nothing more.
    """

    _name = "compensation.bank.answer"
    _description = "Answer of the Bank to a Payment List"

    list_id = fields.Many2one(
        "compensation.payment.list", required=True, readonly=True, ondelete="cascade"
    )
    file = fields.Binary(required=True, attachment=False)
    file_name = fields.Char()
    date = fields.Date("Dated", required=True, default=fields.Date.context_today)

    def action_read(self):
        self.ensure_one()
        self.env["compensation.month"]._check_role("accountant", "manager")
        self.list_id.check_access("read")
        # sudo: payments are changed by what the bank says only; checked above
        self.sudo()._apply(self._parse())
        return {"type": "ir.actions.act_window_close"}

    def _parse(self):
        try:
            return payment_order.read_answer(base64.b64decode(self.file))
        except payment_order.AnswerError as error:
            raise UserError(self._get_sentence(error)) from None

    def _apply(self, answers):
        self.list_id.lock_for_update(allow_referencing=True)
        payments = {each.number: each for each in self.list_id.payment_ids}
        for answer in answers:
            payment = payments.get(answer.number)
            expected = payment and (payment.bank_account, round(payment.amount * 100))
            if expected != (answer.account, answer.kopecks):
                raise UserError(
                    self.env._(
                        "Payment order %s is not in this list with this account and"
                        " amount. Nothing was changed: choose the right list.",
                        answer.number,
                    )
                )
        for answer in answers:
            payment = payments[answer.number]
            if answer.is_credited:
                payment._confirm()
            else:
                reason = answer.reason or self.env._("the bank gives no reason")
                payment._return(self.date, reason)
        self.list_id._update_done()

    def _get_sentence(self, error):
        _ = self.env._
        return {
            "end_missing": _(
                "The last line of the answer, beginning with “=”, is missing: the file"
                " is cut off. Download it from the bank again."
            ),
            "totals": _(
                "Number and total in the last line are not those of the lines. Download"
                " the file from the bank again."
            ),
            "repeated": _("A payment order is in the answer twice. Ask the bank."),
            "fields": _(
                "Line %s is not a line of a registry with an answer.", error.line
            ),
            "status": _(
                "Line %s says neither «Зачислено» nor «Не зачислено».", error.line
            ),
            "amount": _("The amount in line %s cannot be read.", error.line),
            "encoding": _("The file is no text: choose the bank's registry."),
        }[error.code]
