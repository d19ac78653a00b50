from odoo import api, fields, models
from odoo.exceptions import ValidationError


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
        "access.zone",
        "Leads into",
        ondelete="set null",
        index="btree_not_null",
        domain="[('site_id', '=', site_id)]",
        help="Where a person is after the entrance. Empty: the site as a whole.",
    )
    zone_from_id = fields.Many2one(
        "access.zone",
        "Leads from",
        ondelete="set null",
        index="btree_not_null",
        domain="[('site_id', '=', site_id)]",
        help="Empty: from the street.",
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
        help="What happens when somebody who is inside enters a second time.",
    )
    controller_ids = fields.One2many("access.controller", "point_id", "Controllers")
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex(
        "(site_id, name) WHERE active",
        "The site already has a point with this name. Choose another name.",
    )
    _two_zones = models.Constraint(
        "CHECK (zone_id IS NULL OR zone_id <> zone_from_id)",
        "A point leads from one zone into another one: choose two different zones.",
    )

    # === CONSTRAINTS === #

    @api.constrains("zone_id", "zone_from_id", "site_id")
    def _check_zones(self):
        for point in self:
            if (point.zone_id | point.zone_from_id).site_id - point.site_id:
                raise ValidationError(
                    self.env._(
                        "Both zones of point %s belong to its site. Choose zones of"
                        " this site.",
                        point.name,
                    )
                )

    @api.constrains("site_id")
    def _check_rules(self):
        # sudo: a rule is a fact, whoever moves the point
        rules = self.env["access.rule"].sudo().search([("point_ids", "in", self.ids)])
        rules._check_points()

    # === CRUD METHODS === #

    def write(self, vals):
        schools = self.school_id
        result = super().write(vals)
        if {"site_id", "active"} & vals.keys():
            self.env["access.site"]._mark_stale(schools | self.school_id)
        return result
