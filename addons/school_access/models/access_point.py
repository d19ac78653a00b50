from odoo import fields, models


class AccessPoint(models.Model):
    """A door or turnstile people pass through."""

    _name = "access.point"
    _description = "Access point"
    _order = "site_id, name, id"

    name = fields.Char(required=True)
    site_id = fields.Many2one(
        "access.site", required=True, ondelete="restrict", index=True
    )
    school_id = fields.Many2one(related="site_id.school_id", store=True, index=True)
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    zone_id = fields.Many2one(
        "access.zone", "Leads into", ondelete="set null", index="btree_not_null"
    )
    zone_from_id = fields.Many2one(
        "access.zone", "Leads from", ondelete="set null", index="btree_not_null"
    )
    verification = fields.Selection(
        [("none", "None"), ("guard", "By the guard"), ("webhook", "By another system")],
        required=True,
        default="none",
    )
    antipassback = fields.Selection(
        [("off", "Off"), ("soft", "Note it"), ("hard", "Refuse")],
        "Anti-passback",
        required=True,
        default="soft",
    )
    active = fields.Boolean(default=True)
