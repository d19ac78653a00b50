from odoo import models


class CompensationLine(models.Model):
    _name = "compensation.line"
    _inherit = ["compensation.line", "benefit.logged.mixin"]

    def _get_logged_kinds(self):
        return super()._get_logged_kinds() | dict.fromkeys(
            ("bank_account", "bank_bic"), "bank"
        )
