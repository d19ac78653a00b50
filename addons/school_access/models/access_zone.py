from odoo import fields, models


class AccessZone(models.Model):
    """A part of a site that people are counted in; no zone is the street."""

    _name = "access.zone"
    _description = "Zone"
    _order = "site_id, name, id"

    name = fields.Char(required=True)
    site_id = fields.Many2one(
        "access.site", required=True, ondelete="cascade", index=True
    )
    school_id = fields.Many2one(related="site_id.school_id", store=True, index=True)
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    building_id = fields.Many2one(
        "school.building", "Building", ondelete="set null", index="btree_not_null"
    )
