from odoo import models


class BenefitStay(models.Model):
    _name = "benefit.stay"
    _inherit = ["benefit.stay", "benefit.logged.mixin"]

    def _get_logged_kinds(self):
        return super()._get_logged_kinds() | {"kind": "benefit", "basis": "benefit"}

    def _filter_health(self):
        """A hospital or a rehabilitation says that the child is ill."""
        return self.filtered(lambda stay: stay.kind != "recreation")
