from odoo import fields, models


class SchoolSchool(models.Model):
    """The sites of a school; its week and clock are part of the rules."""

    _inherit = "school.school"

    site_ids = fields.One2many("access.site", "school_id", "Sites")

    def write(self, vals):
        result = super().write(vals)
        if {"week_days", "tz"} & vals.keys():
            self.env["access.site"]._mark_stale(self)
        return result
