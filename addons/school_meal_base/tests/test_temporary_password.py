from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessDenied, AccessError, UserError
from odoo.tests import tagged

from odoo.addons.school_meal_base.models import school_student_login

from .common import SchoolMealCase


@tagged("post_install", "-at_install")
class TestTemporaryPassword(SchoolMealCase):
    """The student's login: account number and a password printed at the till."""

    def _check(self, issued):
        user = self.env["res.users"].search([("login", "=", issued["login"])])
        credential = {"type": "password", **issued}
        return user.with_user(user)._check_credentials(
            credential, {"interactive": True}
        )

    def _user(self):
        return self.student.partner_id.user_ids

    def test_the_login_is_the_account_number_of_a_portal_user(self):
        issued = self.student._issue_temporary_password()
        self.assertEqual(issued["login"], self.account.number)
        self.assertTrue(self._user().share)
        self.assertTrue(self._user()._is_portal())
        self.assertTrue(self._check(issued))

    def test_a_new_password_ends_the_old_one(self):
        first = self.student._issue_temporary_password()
        second = self.student._issue_temporary_password()
        self.assertEqual(len(self._user()), 1)
        self.assertTrue(self._check(second))
        with self.assertRaises(AccessDenied):
            self._check(first)

    def test_it_expires(self):
        issued = self.student._issue_temporary_password()
        self._user().meal_password_expires_at = fields.Datetime.now() - timedelta(
            hours=1
        )
        with self.assertRaisesRegex(AccessDenied, "expired"):
            self._check(issued)

    def test_a_password_of_ones_own_is_not_temporary(self):
        self.student._issue_temporary_password()
        self.assertTrue(self._user().meal_password_temporary)
        self._user().password = "a-password-of-my-own"
        self.assertFalse(self._user().meal_password_temporary)
        self.assertFalse(self._user().meal_password_expires_at)

    def test_cashier_and_operator_issue_it_others_do_not(self):
        for group in ("group_cashier", "group_operator"):
            user = self._new_user(f"may_{group}", group, self.school)
            self.student.with_user(user)._issue_temporary_password()
        for group in ("group_teacher", "group_head", "group_accountant"):
            user = self._new_user(f"not_{group}", group, self.school)
            with self.assertRaises(AccessError):
                self.student.with_user(user)._issue_temporary_password()

    def test_only_for_students_of_ones_own_schools(self):
        for login, school in (("far", self.other_school), ("near", self.second_school)):
            user = self._new_user(f"{login}_operator", "group_operator", school)
            with self.assertRaises(AccessError):
                self.student.with_user(user)._issue_temporary_password()

    def test_the_log_does_not_hold_the_password_or_the_number(self):
        with patch.object(school_student_login._logger, "info") as log:
            issued = self.student._issue_temporary_password()
        written = str(log.call_args_list)
        self.assertTrue(written)
        for secret in (issued["password"], issued["login"], self.student.name):
            self.assertNotIn(secret, written)

    def test_no_account_no_login(self):
        newcomer = self._new_student(self.class_5a, "New", "Student")
        with self.assertRaisesRegex(UserError, "account"):
            newcomer._issue_temporary_password()

    def test_a_member_of_staff_keeps_the_staff_login(self):
        user = self._new_user("worker", "group_cashier", self.school)
        user.partner_id.company_id = False
        self.student.partner_id = user.partner_id
        with self.assertRaisesRegex(UserError, "staff"):
            self.student._issue_temporary_password()
