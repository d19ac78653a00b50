from odoo.exceptions import AccessError
from odoo.tests import mute_logger, tagged

from .common import PASSWORD, PortalCase

CORE_USERS = "odoo.addons.base.models.res_users"


@tagged("post_install", "-at_install")
class TestRelatives(PortalCase):
    """Grandparents added by a parent, and further children in one login."""

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", 0)
        self.url = f"/my/children/{self.student.id}/relatives"
        self.grandfather = {
            "name": "Ivanov Fedor",
            "relation": "grandfather",
            "email": "fedor@example.com",
            "may_pay": "1",
        }

    def _add(self, **values):
        self._sign_in(self.mother_user)
        return self._post_form(self.url, **{**self.grandfather, **values})

    def _row(self, name="Ivanov Fedor"):
        guardians = self.env["school.guardian"].with_context(active_test=False)
        return guardians.search([("partner_id.name", "=", name)])

    # === RELATIVES === #

    def test_a_mother_adds_a_grandfather_who_gets_an_invitation(self):
        response = self._add()
        self.assertIn("alert-success", response.text)
        row = self._row()
        self.assertEqual(row.student_id, self.student)
        self.assertEqual(
            (row.is_legal, row.may_pay, row.may_order, row.is_notified),
            (False, True, False, False),
        )
        user = row.partner_id.user_ids
        self.assertEqual(user.login, "fedor@example.com")
        self.assertTrue(user._is_portal())
        mails = self.env["mail.mail"].search([("email_to", "ilike", "fedor@")])
        self.assertTrue(mails or row.partner_id.signup_type == "signup")
        user.password = PASSWORD
        self._accept_terms(user)
        self.assertEqual(self._as(user, "school.student").search([]), self.student)

    def test_a_relative_without_an_email_is_recorded_and_not_invited(self):
        self._add(email="")
        self.assertTrue(self._row())
        self.assertFalse(self._row().partner_id.user_ids)

    def test_a_strangers_email_gives_no_strangers_login(self):
        self._add(email="pavel@example.com")
        self.assertNotEqual(self._row().partner_id, self.father)
        self.assertFalse(self._row().partner_id.user_ids)
        children = self._as(self.father_user, "school.student").search([])
        self.assertEqual(children, self.classmate)

    def test_nobody_becomes_a_representative_through_the_page(self):
        for values in ({"relation": "mother"}, {"relation": ""}, {"name": " "},
                       {"email": "not an address"}):  # fmt: skip
            response = self._add(**values)
            self.assertIn("alert-warning", response.text, values)
        self._add(is_legal="1", active="0", partner_id=str(self.father.id))
        self.assertFalse(self._row().is_legal)
        self.assertNotEqual(self._row().partner_id, self.father)

    def test_the_one_who_added_removes_and_may_add_again(self):
        self._add()
        self.assertIn("fedor@example.com", self.url_open(self.url).text)
        self._post_form(f"{self.url}/{self._row().id}/remove", self.url)
        self.assertFalse(self._row().active)
        self.assertNotIn("fedor@example.com", self.url_open(self.url).text)
        self._add(may_order="1")
        self.assertTrue(self._row().active)
        self.assertTrue(self._row().may_order)

    def test_only_own_additions_can_be_removed(self):
        self._sign_in(self.mother_user)
        for row in self.student.guardian_ids + self.classmate.guardian_ids:
            response = self._post_form(f"{self.url}/{row.id}/remove", self.url)
            self.assertEqual(response.status_code, 404)
            self.assertTrue(row.active)

    def test_who_is_no_representative_of_the_child_has_no_page(self):
        self._add()
        row = self._row()
        relative = row.partner_id.user_ids
        relative.password = PASSWORD
        self._accept_terms(relative)
        for user in (self.father_user, self.notified_user, self.student_user,
                     self.supplier_user, relative):  # fmt: skip
            self._sign_in(user)
            for url in (self.url, f"{self.url}/{row.id}/remove"):
                response = self._post_form(url, "/my/security", **self.grandfather)
                self.assertEqual(response.status_code, 404, user.login)
            self.assertNotIn(self.url, self.url_open("/my/children").text)
            self.assertTrue(row.active)

    def test_the_model_refuses_too(self):
        guardians = self.env["school.guardian"]
        for person in (self.father, self.grandmother):
            with self.assertRaises(AccessError):
                guardians._add_from_portal(person, self.student, "other", "Thief")

    def test_relatives_are_not_added_without_end(self):
        for number in range(8):
            self._add(name=f"Aunt N{'a' * number}", email="")
        self.assertLess(len(self.student.guardian_ids), 8)

    # === ANOTHER CHILD IN ONE LOGIN === #

    def _join(self, number, password, user=None):
        self._sign_in(user or self.father_user)
        return self._post_form(
            "/my/children/join", "/my/children", number=number, password=password
        )

    def test_a_father_adds_a_child_with_the_slip_from_the_till(self):
        issued = self.student._issue_temporary_password()
        number = f"{issued['login'][:4]} {issued['login'][4:]}"
        self.assertIn("alert-success", self._join(number, issued["password"]).text)
        row = self.student.guardian_ids.filtered(
            lambda each: each.partner_id == self.father
        )
        self.assertEqual((row.is_legal, row.may_pay), (False, True))
        page = self.url_open("/my/children").text
        self.assertIn(self.account.number, page)
        self.assertIn(self.classmate.name, page)
        self.assertIn("alert-warning", self._join(number, issued["password"]).text)

    @mute_logger(CORE_USERS)
    def test_a_child_is_not_added_with_a_wrong_password(self):
        before = self.env["school.guardian"].search_count([])
        for number, password in (
            (self.account.number, "guess"),
            (self.account.number, ""),
            ("", PASSWORD),
            (self.mother_user.login, PASSWORD),  # a login, but no child's
            ("0000000000", PASSWORD),
        ):
            self.assertIn("alert-warning", self._join(number, password).text)
        self.assertEqual(self.env["school.guardian"].search_count([]), before)

    @mute_logger(CORE_USERS)
    def test_guesses_are_counted_like_failed_sign_ins(self):
        for __ in range(5):
            self._join(self.account.number, "guess")
        self.assertIn("15", self._join(self.account.number, PASSWORD).text)
        self.assertNotIn(self.father, self.student.guardian_ids.partner_id)
        self.authenticate(None, None)
        response = self._log_in_by_form(self.account.number, PASSWORD)
        self.assertEqual(response.status_code, 200, "the login itself is locked")

    def test_whom_the_school_struck_off_does_not_come_back_with_a_slip(self):
        self.student.guardian_ids.filtered(
            lambda each: each.partner_id == self.grandmother
        ).active = False
        response = self._join(self.account.number, PASSWORD, self.notified_user)
        self.assertIn("alert-warning", response.text)
        self.assertFalse(self._as(self.notified_user, "school.student").search([]))

    def test_a_childs_own_login_takes_no_other_child(self):
        self.classmate._issue_temporary_password()
        response = self._join(self.account.number, PASSWORD, self.student_user)
        self.assertEqual(response.status_code, 404)
