from odoo import api, fields, models

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
        help="How much of the card's number the reader sends. Not sure: tap a known"
        " card in learn mode.",
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
    _number_range = models.Constraint(
        "CHECK (number BETWEEN 1 AND 8)", "Readers are numbered from 1 to 8."
    )

    # === COMPUTE METHODS === #

    @api.depends("controller_id.name", "number")
    def _compute_display_name(self):
        for reader in self:
            reader.display_name = f"{reader.controller_id.name or ''} / {reader.number}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        readers = super().create(vals_list)
        self.env["access.site"]._mark_stale(readers.school_id)
        return readers

    def write(self, vals):
        result = super().write(vals)
        if {"bits", "byte_order", "controller_id"} & vals.keys():
            self.env["access.site"]._mark_stale(self.school_id)
        return result

    def unlink(self):
        schools = self.school_id
        result = super().unlink()
        self.env["access.site"]._mark_stale(schools)
        return result

    # === ACTION METHODS === #

    def action_learn(self):
        """Find the settings out from one card whose number is known."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Learn mode"),
            "res_model": "access.reader.learn",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_reader_id": self.id},
        }
