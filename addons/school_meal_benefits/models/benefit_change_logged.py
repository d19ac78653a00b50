from odoo import models


class BenefitChange(models.Model):
    _name = "benefit.change"
    _inherit = ["benefit.change", "benefit.logged.mixin"]

    def _get_logged_kinds(self):
        return super()._get_logged_kinds() | dict.fromkeys(
            ("changes", "summary"), "benefit"
        )
