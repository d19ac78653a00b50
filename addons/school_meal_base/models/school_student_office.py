from odoo import fields, models
from odoo.exceptions import UserError


class SchoolStudent(models.Model):
    """Buttons of the student's form that concern money and the portal."""

    _inherit = "school.student"

    def action_open_statement(self):
        self.ensure_one()
        account = self.env["meal.account"].search([("student_id", "=", self.id)])
        if not account:
            raise UserError(self.env._("There is no personal account yet."))
        return account.action_open_statement()

    def action_issue_password(self):
        """Show a new temporary password, once; it is stored nowhere in clear."""
        issued = self._issue_temporary_password()
        until = fields.Datetime.context_timestamp(self, issued["expires_at"])
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "sticky": True,
                "title": self.env._("Portal password of %s", self.name),
                "message": self.env._(
                    "Login: %(login)s   Password: %(password)s   Write it down: it is"
                    " shown this once. It must be changed at the first sign-in, by"
                    " %(until)s.",
                    login=issued["login"],
                    password=issued["password"],
                    until=f"{until:%d.%m.%Y}",
                ),
            },
        }
