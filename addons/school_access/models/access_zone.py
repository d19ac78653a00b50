from odoo import api, fields, models
from odoo.exceptions import ValidationError


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
        "school.building",
        "Building",
        ondelete="set null",
        index="btree_not_null",
        domain="[('school_id', '=', school_id)]",
    )

    _name_uniq = models.Constraint(
        "UNIQUE (site_id, name)",
        "The site already has a zone with this name. Choose another name.",
    )

    # === CONSTRAINTS === #

    @api.constrains("building_id", "site_id")
    def _check_building(self):
        for zone in self.filtered("building_id"):
            if zone.building_id.school_id != zone.site_id.school_id:
                raise ValidationError(
                    self.env._(
                        "Building %(building)s belongs to another school than zone"
                        " %(zone)s. Choose a building of the school.",
                        building=zone.building_id.name,
                        zone=zone.name,
                    )
                )
