from odoo import models


class BenefitDecision(models.Model):
    _name = "benefit.decision"
    _inherit = ["benefit.decision", "benefit.logged.mixin"]

    def _get_logged_kinds(self):
        return super()._get_logged_kinds() | {
            "category_id": "benefit",
            "facts": "benefit",
            "checklist": "document",
        }
