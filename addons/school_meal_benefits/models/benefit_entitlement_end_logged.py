from odoo import models


class BenefitEntitlementEnd(models.Model):
    _name = "benefit.entitlement.end"
    _inherit = ["benefit.entitlement.end", "benefit.logged.mixin"]

    def _get_logged_kinds(self):
        return super()._get_logged_kinds() | dict.fromkeys(
            ("category_id", "entitlement_id", "ground", "basis"), "benefit"
        )
