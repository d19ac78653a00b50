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
        domain = [("student_id", "=", self.id)]
        if self.env.su:  # staff with a child here: the condition of the portal's rule
            domain += [("student_id.guardian_ids", "any", self._get_payer_domain())]
        return self.env["meal.account"].search(domain, limit=1)

    def _get_payer_domain(self):
        return [
            *self.env.user._get_guardian_domain(),
            "|",
            ("is_legal", "=", True),
            ("may_pay", "=", True),
        ]

    def _is_represented_by(self, user):
        """Tell whether a person is a legal representative of the student."""
        self.ensure_one()
        # sudo: in the portal everybody reads the own row only
        domain = [*user._get_guardian_domain(), ("is_legal", "=", True)]
        return bool(self.sudo().guardian_ids.filtered_domain(domain))
