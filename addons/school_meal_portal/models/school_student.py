from odoo import models


class SchoolStudent(models.Model):
    _inherit = ["school.student", "meal.portal.guard"]
    _name = "school.student"

    _portal_fields = frozenset(
        {
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

    def _get_portal_account(self):
        """The account, if the current user may see it: the rules of accounts decide."""
        self.ensure_one()
        return self.env["meal.account"].search([("student_id", "=", self.id)], limit=1)
