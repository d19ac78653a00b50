from odoo import models


class CompensationLine(models.Model):
    _name = "compensation.line"
    _inherit = ["compensation.line", "benefit.logged.mixin"]

    def _get_logged_kinds(self):
        return super()._get_logged_kinds() | {
            "entitlement_id": "benefit",
            **dict.fromkeys(("bank_account", "bank_bic"), "bank"),
        }

    def _filter_health(self):
        return self.filtered("entitlement_id.is_health")
