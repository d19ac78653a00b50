from odoo import fields, models

from ..const import COMMAND_STATES, COMMANDS


class AccessCommand(models.Model):
    """What a controller is asked to do; it fetches it with its next call."""

    _name = "access.command"
    _description = "Command to a controller"
    _order = "id"

    controller_id = fields.Many2one(
        "access.controller", required=True, ondelete="cascade", index=True
    )
    site_id = fields.Many2one(related="controller_id.site_id", store=True, index=True)
    school_id = fields.Many2one(
        related="controller_id.school_id", store=True, index=True
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    name = fields.Selection(COMMANDS, required=True)
    payload = fields.Json(default=dict)
    state = fields.Selection(
        COMMAND_STATES, required=True, default="queued", index=True, readonly=True
    )
    wire_id = fields.Integer(readonly=True, index=True)
    attempts = fields.Integer(readonly=True)
    sent_at = fields.Datetime(readonly=True)
    done_at = fields.Datetime(readonly=True)
    expires_at = fields.Datetime()
