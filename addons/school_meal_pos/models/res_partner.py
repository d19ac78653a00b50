from odoo import api, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _load_pos_data_domain(self, data, config):
        """A school's till knows cards, not partners: no phone or address of a family
        travels to it. Only the cashier's own record is needed by core."""
        if config.school_id:
            return [("id", "=", self.env.user.partner_id.id)]
        return super()._load_pos_data_domain(data, config)

    @api.model
    def get_new_partner(self, config_id, domain, offset):
        config = self.env["pos.config"].browse(config_id)
        if config.school_id:
            return {"res.partner": [], "account.fiscal.position": []}
        return super().get_new_partner(config_id, domain, offset)
