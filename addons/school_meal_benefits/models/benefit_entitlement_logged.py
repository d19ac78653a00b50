from odoo import models


class BenefitEntitlement(models.Model):
    _name = "benefit.entitlement"
    _inherit = ["benefit.entitlement", "benefit.logged.mixin"]

    def _get_logged_kinds(self):
        return super()._get_logged_kinds() | dict.fromkeys(
            ("category_id", "code", "meal_category_id", "why"), "benefit"
        )
