from odoo import api, models


class BenefitEntitlement(models.Model):
    _inherit = "benefit.entitlement"

    @api.model_create_multi
    def create(self, vals_list):
        """Override: what is granted is told to the state register (item 54)."""
        entitlements = super().create(vals_list)
        # sudo: who decides has no rights over the register's rows
        self.env["egisso.fact"].sudo()._tell_assignments(entitlements.sudo())
        return entitlements


class BenefitEntitlementEnd(models.Model):
    _inherit = "benefit.entitlement.end"

    @api.model_create_multi
    def create(self, vals_list):
        """Override: the end of what was granted is told to the state register."""
        ends = super().create(vals_list)
        # sudo: as above
        self.env["egisso.fact"].sudo()._tell_ends(ends.sudo())
        return ends

    def write(self, vals):
        """Override: a revoked end is told too."""
        revoked = self.filtered(lambda end: not end.revoked_at)
        result = super().write(vals)
        if vals.get("revoked_at"):
            # sudo: as above
            self.env["egisso.fact"].sudo()._tell_revoked(revoked.sudo())
        return result
