from odoo import models


class SchoolClass(models.Model):
    """Rules are made for shifts of classes."""

    _inherit = "school.class"

    def write(self, vals):
        result = super().write(vals)
        if "shift" in vals:
            self.env["access.site"]._mark_stale(self.school_id)
        return result
