from odoo import fields, models

from ..const import CARD_GROUPS


class AccessEntry(models.Model):
    """A card that a controller should hold, and what it is known to hold."""

    _name = "access.entry"
    _description = "Card in a controller"

    controller_id = fields.Many2one(
        "access.controller", required=True, ondelete="cascade", index=True
    )
    site_id = fields.Many2one(related="controller_id.site_id", store=True, index=True)
    school_id = fields.Many2one(
        related="controller_id.school_id", store=True, index=True
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    person_id = fields.Many2one(
        "access.person", required=True, ondelete="cascade", index=True
    )
    profile_id = fields.Many2one(
        "access.profile", "Times", ondelete="set null", index="btree_not_null"
    )
    code = fields.Char("Number in the controller", required=True, groups=CARD_GROUPS)
    flags = fields.Integer()
    zones = fields.Integer("Time zones", default=255)
    is_wanted = fields.Boolean(default=True, help="The rules want it there.")
    held_flags = fields.Integer()
    held_zones = fields.Integer()
    is_held = fields.Boolean(help="The controller has acknowledged it.")

    _code_uniq = models.Constraint(
        "UNIQUE (controller_id, code)", "The card is on the list of the controller."
    )
