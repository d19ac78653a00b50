from odoo import fields, models


class AccessSite(models.Model):
    """All doors of a site at once."""

    _inherit = "access.site"

    is_free = fields.Boolean("Doors stand open", compute="_compute_is_free")

    # === COMPUTE METHODS === #

    def _compute_is_free(self):
        groups = self.env["access.controller"]._read_group(
            [("site_id", "in", self.ids), ("mode", "in", ("free", "free_waiting"))],
            ["site_id"],
        )
        free = self.browse(site.id for (site,) in groups)
        for site in self:
            site.is_free = site in free

    # === ACTION METHODS === #

    def action_free_passage(self):
        """Fire: every door opens and stays open, also after a restart."""
        return self._put_into_mode("free")

    def action_normal_passage(self):
        return self._put_into_mode("normal")

    # === BUSINESS METHODS === #

    def _put_into_mode(self, mode):
        self.check_access("read")
        self.env["access.controller"]._check_operator()
        # sudo: the person and the school were checked
        controllers = self.env["access.controller"].sudo()
        controllers.search([("site_id", "in", self.ids)])._set_mode(mode)
