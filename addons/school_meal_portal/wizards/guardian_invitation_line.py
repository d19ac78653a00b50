from odoo import fields, models

STATES = [
    ("ready", "Will be invited"),
    ("invited", "Invited, not signed in yet"),
    ("active", "Signs in already"),
    ("no_email", "No e-mail"),
    ("taken", "E-mail belongs to another contact"),
]


class MealGuardianInvitationLine(models.TransientModel):
    _name = "meal.guardian.invitation.line"
    _description = "Invitation of a Parent"

    wizard_id = fields.Many2one(
        "meal.guardian.invitation", required=True, ondelete="cascade"
    )
    guardian_id = fields.Many2one("school.guardian", required=True, ondelete="cascade")
    student_id = fields.Many2one(related="guardian_id.student_id")
    partner_id = fields.Many2one(related="guardian_id.partner_id")
    email = fields.Char(related="partner_id.email")
    state = fields.Selection(STATES, required=True)
