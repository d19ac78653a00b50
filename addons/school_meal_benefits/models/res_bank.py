from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..domain import bank_account


class ResBank(models.Model):
    _inherit = "res.bank"

    meal_correspondent_account = fields.Char(
        "Correspondent account",
        help="At the Bank of Russia; of the Treasury: the single treasury account.",
    )

    @api.constrains("meal_correspondent_account", "bic")
    def _check_meal_correspondent_account(self):
        for bank in self.filtered("meal_correspondent_account"):
            account = bank_account.digits(bank.meal_correspondent_account)
            kinds = bank_account.CORRESPONDENT, bank_account.SINGLE_TREASURY
            if not account.startswith(kinds) or bank_account.problem(account, bank.bic):
                raise ValidationError(
                    self.env._(
                        "The correspondent account does not belong to the BIC of the"
                        " bank: check both."
                    )
                )
