from odoo import fields, models

from ..const import DISPATCH_METHODS, NOTICE_KINDS


class BenefitNotice(models.Model):
    """A letter to the applicant: a refusal within two working days (item 10)."""

    _name = "benefit.notice"
    _description = "Notice to the Applicant"
    _inherit = ["mail.thread"]
    _order = "due_on, id"

    kind = fields.Selection(NOTICE_KINDS, required=True, readonly=True)
    decision_id = fields.Many2one(
        "benefit.decision", index="btree_not_null", ondelete="restrict", readonly=True
    )
    end_id = fields.Many2one(
        "benefit.entitlement.end",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    school_id = fields.Many2one(
        "school.school", required=True, index=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True)
    student_id = fields.Many2one("school.student", required=True, readonly=True)
    number = fields.Char(readonly=True)
    date = fields.Date("Dated", required=True, readonly=True)
    due_on = fields.Date("To be sent by", required=True, readonly=True, index=True)
    address = fields.Char(tracking=True)
    sent_on = fields.Date("Sent on", readonly=True, tracking=True)
    method = fields.Selection(DISPATCH_METHODS, default="post")
    tracking_number = fields.Char("Postal number")
    user_id = fields.Many2one("res.users", "Sent by", readonly=True)

    _about_one = models.Constraint(
        "CHECK (num_nonnulls(decision_id, end_id) = 1)",
        "A notice is about a decision or about an end.",
    )
