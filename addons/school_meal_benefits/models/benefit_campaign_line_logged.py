from odoo import models


class BenefitCampaignLine(models.Model):
    _name = "benefit.campaign.line"
    _inherit = ["benefit.campaign.line", "benefit.logged.mixin"]

    def _get_logged_kinds(self):
        return super()._get_logged_kinds() | dict.fromkeys(
            ("category_id", "entitlement_id"), "benefit"
        )
