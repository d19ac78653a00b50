from odoo import fields, models

from ..const import REQUEST_STATES


class BenefitRequest(models.Model):
    """The school asks another body for a document or for information."""

    _name = "benefit.request"
    _description = "Request to another Body"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "due_on, id"
    _rec_name = "body"

    application_id = fields.Many2one(
        "benefit.application", required=True, index=True, ondelete="cascade"
    )
    school_id = fields.Many2one(
        related="application_id.school_id", store=True, index=True
    )
    company_id = fields.Many2one(related="application_id.company_id", store=True)
    document_id = fields.Many2one(
        "benefit.application.document", "Document", index=True, ondelete="cascade"
    )
    body = fields.Char("Asked from", required=True)
    number = fields.Char()
    sent_on = fields.Date("Sent on", tracking=True)
    due_on = fields.Date("Answer by", index=True, tracking=True)
    answered_on = fields.Date("Answered on", tracking=True)
    answer = fields.Char()
    state = fields.Selection(
        REQUEST_STATES,
        "Status",
        required=True,
        default="draft",
        readonly=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users", "Sent by", default=lambda self: self.env.user, readonly=True
    )
