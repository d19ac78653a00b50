from odoo import models


class BenefitStudyPeriod(models.Model):
    _name = "benefit.study.period"
    _inherit = ["benefit.study.period", "benefit.logged.mixin"]

    def _get_logged_kinds(self):
        return super()._get_logged_kinds() | {"form": "benefit", "basis": "benefit"}

    def _filter_health(self):
        """Taught at home means ill."""
        return self.filtered(lambda period: period.form == "home")
