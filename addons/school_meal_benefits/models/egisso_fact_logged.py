from odoo import models


class EgissoFact(models.Model):
    _name = "egisso.fact"
    _inherit = ["egisso.fact", "benefit.logged.mixin"]

    def _get_logged_kinds(self):
        return super()._get_logged_kinds() | dict.fromkeys(
            ("category_id", "measure_id", "entitlement_id"), "benefit"
        )
