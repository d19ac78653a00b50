from odoo import fields, models


class SchoolEnrolment(models.Model):
    _name = "school.enrolment"
    _description = "Enrolment"
    _order = "date_from desc, id desc"

    student_id = fields.Many2one(
        "school.student", required=True, ondelete="restrict", index=True
    )
    school_id = fields.Many2one("school.school", required=True, ondelete="restrict")
    class_id = fields.Many2one("school.class", ondelete="restrict")
    date_from = fields.Date(required=True)
    date_to = fields.Date()
    reason = fields.Char()
