from odoo import fields, models

from ..const import DIRECTIONS, IN


class AccessReader(models.Model):
    """A reader of a controller: which way it lets, and how it sends numbers."""

    _name = "access.reader"
    _description = "Reader at a point"
    _order = "controller_id, number"

    controller_id = fields.Many2one(
        "access.controller", required=True, ondelete="cascade", index=True
    )
    school_id = fields.Many2one(
        related="controller_id.school_id", store=True, index=True
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    number = fields.Integer(required=True, default=1)
    direction = fields.Selection(DIRECTIONS, required=True, default=IN)
    bits = fields.Selection(
        [("26", "Wiegand-26"), ("34", "Wiegand-34"), ("0", "Whole number")],
        "Number length",
        required=True,
        default="26",
    )
    byte_order = fields.Selection(
        [("direct", "Direct"), ("reversed", "Reversed")],
        required=True,
        default="direct",
    )

    _number_uniq = models.Constraint(
        "UNIQUE (controller_id, number)",
        "The controller already has a reader with this number.",
    )
