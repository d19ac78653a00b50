from odoo import fields, models


class AccessSite(models.Model):
    """The grounds of a school with their own entrances; a school may have several."""

    _name = "access.site"
    _description = "Site"
    _order = "school_id, name, id"

    name = fields.Char(required=True)
    school_id = fields.Many2one(
        "school.school", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    address = fields.Char()
    active = fields.Boolean(default=True)
