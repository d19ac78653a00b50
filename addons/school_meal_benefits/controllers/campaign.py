"""Downloads of renewal campaigns."""

from odoo import http

from odoo.addons.school_meal_day.controllers.download import DownloadMixin

from ..report import campaign_list


class BenefitCampaignController(DownloadMixin, http.Controller):
    @http.route(
        "/school_meal/benefits/campaign/<int:campaign_id>.pdf",
        type="http",
        auth="user",
    )
    def to_bring(self, campaign_id):
        campaign = self._find("benefit.campaign", campaign_id)
        content = campaign_list.make_pdf(campaign)
        return self._answer(content, f"renewal-{campaign.school_year_start}.pdf")
