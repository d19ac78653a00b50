from odoo import fields, models


class SchoolGuardian(models.Model):
    _name = "school.guardian"
    _description = "Parent or Representative"
    _rec_name = "partner_id"

    student_id = fields.Many2one(
        "school.student", required=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(
        "res.partner", required=True, ondelete="restrict", index=True
    )
    relation = fields.Selection(
        [
            ("mother", "Mother"),
            ("father", "Father"),
            ("grandmother", "Grandmother"),
            ("grandfather", "Grandfather"),
            ("guardian", "Guardian"),
            ("other", "Other"),
        ],
        required=True,
        default="mother",
    )
    is_legal = fields.Boolean("Legal representative", default=True)
    may_order = fields.Boolean(default=True)
    may_pay = fields.Boolean(default=True)
    is_notified = fields.Boolean(default=True)
    active = fields.Boolean(default=True)

    _pair_uniq = models.Constraint(
        "UNIQUE (student_id, partner_id)", "This person is already listed."
    )
