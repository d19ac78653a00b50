from odoo import models


class SchoolStudent(models.Model):
    _inherit = ["school.student", "meal.portal.guard"]
    _name = "school.student"

    _portal_fields = frozenset(
        {
            "account_id",
            "account_ids",
            "active",
            "avatar_128",
            "card_ids",
            "class_id",
            "company_id",
            "first_name",
            "guardian_ids",
            "image_128",
            "last_name",
            "middle_name",
            "name",
            "partner_id",
            "school_id",
            "state",
        }
    )

    def _get_guardian_of(self, user):
        """The guardian row that links a user to this student, in sudo; may be empty."""
        self.ensure_one()
        return self.sudo().guardian_ids.filtered(
            lambda guardian: guardian.active and guardian.partner_id == user.partner_id
        )
