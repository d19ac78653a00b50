from odoo import models


class CompensationDay(models.Model):
    _name = "compensation.day"
    _inherit = ["compensation.day", "benefit.logged.mixin"]

    def _get_logged_kinds(self):
        return super()._get_logged_kinds() | {"reason": "benefit"}

    def _filter_health(self):
        """A hospital or a rehabilitation says that the child is ill."""
        return self.filtered(lambda day: day.reason in ("hospital", "rehabilitation"))
