from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    # For the record rule only: from a person to the student they are.
    meal_student_ids = fields.One2many(
        "school.student", "partner_id", "Student", groups="."
    )
