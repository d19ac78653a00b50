from odoo import fields, models

from ..const import STAY_KINDS


class BenefitStay(models.Model):
    """Days at a sanatorium, rehabilitation or hospital: no compensation (30.3-30.5).

    A stay entered by mistake is archived, so that what was calculated with it can be
    understood; the difference of approved months is calculated by itself.
    """

    _name = "benefit.stay"
    _description = "Stay at a Sanatorium or Hospital"
    _inherit = ["mail.thread"]
    _mail_post_access = "read"
    _order = "date_from desc, id desc"
    _rec_name = "student_id"

    student_id = fields.Many2one(
        "school.student", required=True, index=True, ondelete="restrict"
    )
    school_id = fields.Many2one(related="student_id.school_id", store=True, index=True)
    class_id = fields.Many2one(related="student_id.class_id", store=True)
    company_id = fields.Many2one(related="student_id.company_id", store=True)
    kind = fields.Selection(STAY_KINDS, required=True)
    date_from = fields.Date("From", required=True, tracking=True)
    date_to = fields.Date("To", tracking=True, help="Empty: still there.")
    basis = fields.Char(
        required=True, help="Number and date of the certificate or referral."
    )
    active = fields.Boolean(default=True, tracking=True)

    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A stay cannot end before it begins.",
    )
    _student_idx = models.Index("(student_id, date_from) WHERE active")
