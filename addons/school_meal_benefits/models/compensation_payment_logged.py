from odoo import models


class CompensationPayment(models.Model):
    _name = "compensation.payment"
    _inherit = ["compensation.payment", "benefit.logged.mixin"]

    def _get_logged_kinds(self):
        return super()._get_logged_kinds() | dict.fromkeys(
            ("bank_account", "bank_bic"), "bank"
        )
