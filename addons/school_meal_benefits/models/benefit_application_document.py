from odoo import fields, models

from ..const import DOCUMENT_STATES


class BenefitApplicationDocument(models.Model):
    """A row of the checklist: a required document and what became of it."""

    _name = "benefit.application.document"
    _description = "Document of an Application"
    _order = "application_id, sequence, id"

    application_id = fields.Many2one(
        "benefit.application", required=True, index=True, ondelete="cascade"
    )
    school_id = fields.Many2one(
        related="application_id.school_id", store=True, index=True
    )
    company_id = fields.Many2one(related="application_id.company_id", store=True)
    student_id = fields.Many2one(
        related="application_id.student_id", store=True, index=True
    )
    requirement_id = fields.Many2one(
        "benefit.requirement", required=True, ondelete="restrict"
    )
    sequence = fields.Integer(related="requirement_id.sequence", store=True)
    document_type_id = fields.Many2one(
        "benefit.document.type", "Document", ondelete="restrict"
    )
    is_health = fields.Boolean(related="document_type_id.is_health", store=True)
    state = fields.Selection(
        DOCUMENT_STATES, "Status", required=True, default="missing"
    )
    series = fields.Char()
    number = fields.Char()
    issued_on = fields.Date("Issued on")
    issuer = fields.Char("Issued by")
    valid_to = fields.Date("Valid to", index="btree_not_null")
    held_place = fields.Char("Kept at", help="Room, folder, number of the file.")
    held_document_id = fields.Many2one(
        "benefit.application.document",
        "Taken over from",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Scans")
    note = fields.Char()

    _requirement_uniq = models.Constraint(
        "UNIQUE (application_id, requirement_id)",
        "The document is on the checklist already.",
    )
    _held_at_a_place = models.Constraint(
        "CHECK (state <> 'held' OR held_place IS NOT NULL)",
        "Say where the document is kept.",
    )
