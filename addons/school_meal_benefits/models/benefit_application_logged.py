from odoo import models


class BenefitApplication(models.Model):
    _name = "benefit.application"
    _inherit = ["benefit.application", "benefit.logged.mixin"]

    def _get_logged_kinds(self):
        return super()._get_logged_kinds() | {
            "category_id": "benefit",
            "applicant_snils": "snils",
            "student_snils": "snils",
            "bank_account": "bank",
            "bank_bic": "bank",
        }
