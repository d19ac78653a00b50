from odoo import models


class BenefitRadar(models.Model):
    _name = "benefit.radar"
    _inherit = ["benefit.radar", "benefit.logged.mixin"]

    def _get_logged_kinds(self):
        return super()._get_logged_kinds() | dict.fromkeys(
            ("category_id", "entitlement_id"), "benefit"
        )
