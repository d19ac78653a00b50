import logging
from datetime import timedelta

from odoo import Command, fields, models
from odoo.exceptions import AccessError, UserError

from ..domain import readable_password

_logger = logging.getLogger(__name__)

#: Days in which the owner must sign in and choose a password of their own.
TEMPORARY_PASSWORD_DAYS = 30

#: Who hands out passwords: the card is shown to them.
ISSUER_GROUPS = (
    "school_meal_base.group_cashier",
    "school_meal_base.group_operator",
)


class SchoolStudent(models.Model):
    """The student's own login to the portal: the number of the personal account."""

    _inherit = "school.student"

    def _issue_temporary_password(self):
        """Create or reset the student's portal login.

        The old password and open sessions end at once; the new password must be
        changed at the first sign-in and is worthless after 30 days.

        :return: dict of `login`, `password` (clear text, shown this once and stored
            only as a hash) and `expires_at` (naive UTC)
        """
        self.ensure_one()
        self._check_may_issue_password()
        # sudo: staff of a school may not manage users; they were checked just now.
        student = self.sudo()
        login = student.account_id.number
        if not login:
            raise UserError(
                self.env._(
                    "%(student)s has no personal account yet: open one first.",
                    student=student.name,
                )
            )
        password = readable_password.generate()
        expires_at = fields.Datetime.now() + timedelta(days=TEMPORARY_PASSWORD_DAYS)
        user = student._get_login_user(login)
        user.password = password
        user.write(
            {"meal_password_temporary": True, "meal_password_expires_at": expires_at}
        )
        _logger.info(
            "Temporary password of user %s issued by user %s", user.id, self.env.uid
        )
        return {"login": login, "password": password, "expires_at": expires_at}

    def _check_may_issue_password(self):
        """Cashiers and operators of the student's school; administrators."""
        user = self.env.user
        if self.env.su:
            return
        if user.has_group("school_meal_base.group_manager"):
            self.check_access("read")
        elif not (
            any(map(user.has_group, ISSUER_GROUPS))
            # sudo: a cashier may not read students, only serve those of the school
            and self.sudo().school_id in user.sudo().school_ids
        ):
            raise AccessError(
                self.env._(
                    "Passwords are given out by the cashier or the person responsible"
                    " for meals of the student's school."
                )
            )

    def _get_login_user(self, login):
        """Return the portal user of a student in sudo, creating or renewing it."""
        user = self.with_context(active_test=False).partner_id.user_ids[:1]
        if user and not user.share:
            raise UserError(
                self.env._("This person works in the system and has a staff login.")
            )
        if user:
            user.write({"login": login, "active": True})
            return user
        return user.with_context(no_reset_password=True).create(
            {
                "login": login,
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "company_ids": [Command.set(self.company_id.ids)],
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
                "tz": self.school_id.tz,
            }
        )
