from odoo import models


class CompensationPayee(models.Model):
    _name = "compensation.payee"
    _inherit = ["compensation.payee", "benefit.logged.mixin"]

    def _get_logged_kinds(self):
        return super()._get_logged_kinds() | dict.fromkeys(
            ("bank_account", "bank_bic"), "bank"
        )
