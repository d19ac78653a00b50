import logging
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import mute_logger, tagged

from .common import PASSWORD, PortalCase

OWN = "my-own-password"
CORE_USERS = "odoo.addons.base.models.res_users"


@tagged("post_install", "-at_install")
class TestSignIn(PortalCase):
    """The form, the first sign-in, the lock and the ways back in."""

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        # Core's own limit per address would stop the tests of ours.
        params = self.env["ir.config_parameter"]
        params.set_param("base.login_cooldown_after", 0)

    def _issue(self):
        issued = self.student._issue_temporary_password()
        return issued["login"], issued["password"]

    def _is_in(self, response):
        return response.status_code == 303

    # === SIGNING IN === #

    def test_a_parent_signs_in_by_email_and_lands_on_the_children(self):
        response = self._log_in_by_form("maria@example.com", PASSWORD)
        self.assertTrue(response.headers["Location"].endswith("/my/children"))

    def test_an_email_with_a_capital_letter_is_the_same_login(self):
        self.assertTrue(
            self._is_in(self._log_in_by_form("Maria@example.com", PASSWORD))
        )

    def test_an_account_number_may_be_typed_with_spaces(self):
        number = self.account.number
        spaced = f"{number[:4]} {number[4:7]} {number[7:]}"
        self.assertTrue(self._is_in(self._log_in_by_form(spaced, PASSWORD)))

    def test_the_form_shows_without_scripts(self):
        page = self.url_open("/web/login").text
        self.assertNotIn("oe_login_form d-none", page)
        self.assertNotIn("owl-component", page)

    def test_the_login_form_is_protected_against_other_sites(self):
        data = {"login": "maria@example.com", "password": PASSWORD}
        with mute_logger("odoo.http"):
            response = self.url_open("/web/login", data=data)
        self.assertEqual(response.status_code, 400)

    def test_strangers_do_not_sign_themselves_up(self):
        self.assertNotIn("/web/signup", self.url_open("/web/login").text)
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open("/web/signup").status_code, 404)

    # === TEMPORARY PASSWORD AND TERMS === #

    def _first_login(self, **values):
        return self._post_form("/my/first-login", **values)

    def test_a_temporary_password_opens_one_page_only(self):
        self._log_in_by_form(*self._issue())
        for url in (
            "/my",
            "/my/children",
            self._statement_url(self.student),
            self._statement_url(self.student, ".pdf"),
            "/my/security",
            "/my/account",
        ):
            response = self.url_open(url, allow_redirects=False)
            self.assertEqual(response.status_code, 303, url)
            self.assertTrue(response.headers["Location"].endswith("/my/first-login"))

    @mute_logger("odoo.http")
    def test_a_temporary_password_opens_no_interface_for_programs(self):
        self._log_in_by_form(*self._issue())
        answer = self.make_jsonrpc_request_raw("school.student", "search_read", [[]])
        self.assertIn("error", answer)
        self.assertNotIn(self.student.name, str(answer))

    @mute_logger("odoo.http")
    def make_jsonrpc_request_raw(self, model, method, args):
        params = {"model": model, "method": method, "args": args, "kwargs": {}}
        payload = {"jsonrpc": "2.0", "method": "call", "params": params}
        return self.url_open("/web/dataset/call_kw", json=payload).json()

    @mute_logger(CORE_USERS, "odoo.http", "odoo.addons.rpc.controllers.xmlrpc")
    def test_a_temporary_password_is_refused_to_xmlrpc(self):
        login, password = self._issue()
        uid = self.xmlrpc_common.authenticate(self.env.cr.dbname, login, password, {})
        self.assertFalse(uid)

    def test_a_picture_of_a_child_is_not_served_before_the_first_step(self):
        self._log_in_by_form(*self._issue())
        url = f"/web/image/school.student/{self.student.id}/image_128"
        without = self.url_open("/web/image/school.student/999999999/image_128")
        self.assertEqual(self.url_open(url).content, without.content)

    def test_the_first_step_changes_the_password_and_opens_the_portal(self):
        login, password = self._issue()
        self._log_in_by_form(login, password)
        response = self._first_login(new1=OWN, new2=OWN, accept="1")
        self.assertTrue(response.headers["Location"].endswith("/my/children"))
        self.assertIn(self.student.name, self.url_open("/my/children").text)
        self.authenticate(None, None)
        self.assertFalse(self._is_in(self._log_in_by_form(login, password)))
        self.assertTrue(self._is_in(self._log_in_by_form(login, OWN)))

    def test_what_is_wrong_with_the_new_password_is_said(self):
        login, password = self._issue()
        self._log_in_by_form(login, password)
        for new1, new2 in (
            ("", ""),
            (OWN, OWN + "x"),
            ("short", "short"),
            (password, password),
        ):
            response = self._first_login(new1=new1, new2=new2, accept="1")
            self.assertEqual(response.status_code, 200, new1)
            self.assertIn("is-invalid", response.text)
            self.assertTrue(self.student_user.meal_password_temporary)

    def test_terms_are_asked_once_and_kept_as_evidence(self):
        user = self._new_portal_user("new@example.com", self.env["res.partner"].create(
            {"name": "New"}), accept=False)  # fmt: skip
        self._log_in_by_form(user.login, PASSWORD)
        self.assertIn("is-invalid", self._first_login().text)
        self._first_login(accept="1")
        acceptance = self.env["meal.terms.acceptance"].search(
            [("user_id", "=", user.id)]
        )
        self.assertEqual(acceptance.terms_id, self.env["meal.terms"]._get_current())
        self.assertTrue(acceptance.accepted_at)
        self.assertEqual(self.url_open("/my", allow_redirects=False).status_code, 200)
        with self.assertRaises(UserError):
            acceptance.write({"accepted_at": "2020-01-01 00:00:00"})

    def test_a_new_version_of_the_terms_is_asked_again(self):
        old = self.env["meal.terms"]._get_current()
        with self.assertRaises(UserError):
            old.body = "<p>Other</p>"
        old.copy({"body": "<p>Version two</p>"}).action_publish()
        self._log_in_by_form("maria@example.com", PASSWORD)
        response = self.url_open("/my/children")
        self.assertIn("Version two", response.text)

    # === LOCK === #

    def _fail(self, login, times=1):
        with mute_logger(CORE_USERS):
            for __ in range(times):
                response = self._log_in_by_form(login, "wrong-password")
        return response

    def test_a_login_is_locked_after_five_failures_even_for_the_right_password(self):
        self._fail("maria@example.com", 5)
        response = self._log_in_by_form("maria@example.com", PASSWORD)
        self.assertFalse(self._is_in(response))
        self.assertIn("15", response.text.partition("alert-danger")[2][:300])

    def test_four_failures_and_a_success_begin_the_count_anew(self):
        self._fail("maria@example.com", 4)
        self.assertTrue(
            self._is_in(self._log_in_by_form("maria@example.com", PASSWORD))
        )
        self.authenticate(None, None)
        self._fail("maria@example.com", 4)
        self.assertTrue(
            self._is_in(self._log_in_by_form("maria@example.com", PASSWORD))
        )

    def test_the_lock_is_in_the_database_and_ends_by_itself(self):
        self._fail("maria@example.com", 5)
        failures = self.env["meal.login.failure"]
        failure = failures.search([("failures", "=", 5), ("locked_until", "!=", False)])
        self.assertEqual(failure.login_hash, failures._key("maria@example.com"))
        self.assertNotIn("maria", failure.login_hash)
        self.env.cr.execute(
            "UPDATE meal_login_failure SET locked_until = %s",
            [fields.Datetime.now() - timedelta(seconds=1)],
        )
        self.assertTrue(
            self._is_in(self._log_in_by_form("maria@example.com", PASSWORD))
        )

    def test_the_lock_of_one_login_does_not_lock_another(self):
        self._fail("maria@example.com", 5)
        self.assertTrue(
            self._is_in(self._log_in_by_form("pavel@example.com", PASSWORD))
        )

    def test_unknown_logins_are_locked_with_the_same_words(self):
        known = self._fail("maria@example.com", 6).text.partition("alert-danger")[2][
            :200
        ]
        other = self._fail("nobody@example.com", 6).text.partition("alert-danger")[2][
            :200
        ]
        self.assertEqual(known, other)

    def test_a_new_password_from_the_till_unlocks(self):
        self._fail(self.account.number, 5)
        self.assertTrue(self._is_in(self._log_in_by_form(*self._issue())))

    def _key_of(self, login):
        return self.env["meal.login.failure"]._key(login)

    def test_however_a_login_is_written_its_failures_are_one_count(self):
        number = self.account.number
        for typed in (
            number,
            f"{number[0]}-{number[1:]}",
            f"{number[0]}--{number[1]} {number[2:]}",
            f" {number[:5]}\u2011{number[5:]} ",
            "\t".join(number),
        ):
            self._fail(typed)
        response = self._log_in_by_form(number, PASSWORD)
        self.assertFalse(self._is_in(response), "five guesses, five ways to write it")

    def test_an_email_with_spaces_inside_is_the_same_count(self):
        for typed in ("maria@example.com", "ma ria@example.com", "MARIA@example.com",
                      "maria @ example.com", " m a ria@example.com"):  # fmt: skip
            self._fail(typed)
        for typed in ("maria@example.com", "mari a@example.com"):
            self.assertFalse(self._is_in(self._log_in_by_form(typed, PASSWORD)))

    def test_staff_logins_are_counted_however_they_are_written(self):
        cashier = self._new_user("cashier-24", "group_cashier", self.school)
        for typed in (
            "cashier-24",
            "cash ier-24",
            "CASHIER-24",
            " cashier-24",
            "c a-24",
        ):
            self._fail(typed)
        self._fail("Cashier -24")
        response = self._log_in_by_form(cashier.login, cashier.login)
        self.assertFalse(self._is_in(response))

    def test_who_finds_a_user_is_counted_as_that_user(self):
        users = self.env["res.users"]
        for login in ("maria@example.com", self.account.number, "Cashier Of-24"):
            for typed in (login, login.upper(), f" {login} ", " ".join(login)):
                domain = users._get_login_domain(typed)
                if users.new({"login": login}).filtered_domain(domain):
                    self.assertEqual(self._key_of(typed), self._key_of(login))

    def test_one_password_tried_on_a_whole_school_locks_the_network(self):
        params = self.env["ir.config_parameter"]
        params.set_param("school_meal_portal.source_lock_after", 6)
        for number in range(6):
            self._fail(f"000000000{number}")
        response = self._log_in_by_form("maria@example.com", PASSWORD)
        self.assertFalse(self._is_in(response))
        self.env.cr.execute(
            "UPDATE meal_login_failure SET locked_until = %s",
            [fields.Datetime.now() - timedelta(seconds=1)],
        )
        response = self._log_in_by_form("maria@example.com", PASSWORD)
        self.assertTrue(self._is_in(response))

    def test_a_success_does_not_begin_the_count_of_the_network_anew(self):
        params = self.env["ir.config_parameter"]
        params.set_param("school_meal_portal.source_lock_after", 4)
        self._fail("0000000001", 3)
        self.assertTrue(
            self._is_in(self._log_in_by_form("maria@example.com", PASSWORD))
        )
        self.authenticate(None, None)
        self._fail("0000000002")
        response = self._log_in_by_form("maria@example.com", PASSWORD)
        self.assertFalse(self._is_in(response))

    def test_a_stranger_does_not_lock_out_the_browser_somebody_works_in(self):
        self._log_in_by_form("maria@example.com", PASSWORD)
        mark = self.opener.cookies.get("meal_device")
        self.assertTrue(mark)
        self.authenticate(None, None)
        self._fail("maria@example.com", 5)
        self.opener.cookies["meal_device"] = mark
        self.assertTrue(
            self._is_in(self._log_in_by_form("maria@example.com", PASSWORD))
        )

    def test_the_mark_of_a_browser_is_for_one_login_and_has_a_limit_of_its_own(self):
        self._log_in_by_form("maria@example.com", PASSWORD)
        mark = self.opener.cookies["meal_device"]
        self.authenticate(None, None)
        self.opener.cookies["meal_device"] = mark
        self._fail("pavel@example.com", 5)
        self._fail("maria@example.com", 5)
        for login in ("pavel@example.com", "maria@example.com"):
            self.assertFalse(self._is_in(self._log_in_by_form(login, PASSWORD)))

    def test_a_forged_mark_of_a_browser_is_no_mark(self):
        for mark in ("x", "AQ" * 60, "%00"):
            self.authenticate(None, None)
            self.opener.cookies["meal_device"] = mark
            self._fail("maria@example.com", 2)
        self.assertFalse(
            self._is_in(self._log_in_by_form("maria@example.com", PASSWORD))
        )

    # === LOG === #

    def test_the_log_of_the_server_has_no_logins(self):
        with self.assertLogs(CORE_USERS, logging.INFO) as logs:
            self._log_in_by_form(self.account.number, "wrong")
            self._log_in_by_form(self.account.number, PASSWORD)
            self.authenticate(None, None)
            self._log_in_by_form("maria@example.com", "wrong")
        self.assertGreaterEqual(len(logs.output), 3)
        for line in logs.output:
            self.assertNotIn(self.account.number, line)
            self.assertNotIn("maria", line)
        self.assertIn(f"…{self.account.number[-2:]}", "".join(logs.output))

    def test_the_log_of_password_resets_has_no_logins(self):
        logger = logging.getLogger("odoo.addons.auth_signup.models.res_users")
        with self.assertLogs(logger, logging.INFO) as logs:
            self.mother_user.action_reset_password()
        self.assertNotIn("maria", "".join(logs.output))

    # === BY E-MAIL === #

    def _reset(self, login):
        return self._post_form("/web/reset_password", login=login)

    def test_recovery_answers_the_same_for_known_and_unknown_logins(self):
        known, unknown = self._reset("maria@example.com"), self._reset("no@example.com")
        self.assertEqual(known.status_code, unknown.status_code)
        self.assertIn("alert-success", known.text)
        self.assertIn("alert-success", unknown.text)

    def test_a_student_recovers_by_account_number_when_an_email_is_known(self):
        self._log_in_by_form(self.account.number, PASSWORD)
        response = self._post_form(
            "/my/recovery-email", "/my/children",
            email="Family@Example.com", password=PASSWORD,
        )  # fmt: skip
        self.assertIn("alert-success", response.text)
        self.assertFalse(self.student.email, "the address is not confirmed yet")
        self._confirm(self._recovery_link())
        self.assertEqual(self.student.email, "family@example.com")
        self.authenticate(None, None)
        self.env["mail.mail"].search([]).unlink()
        with self.mock_mail_gateway_if_any():
            self._reset(self.account.number)
        mails = self.env["mail.mail"].sudo().search([("email_to", "ilike", "family@")])
        self.assertEqual(self.student.partner_id.signup_type, "reset")
        self.assertLessEqual(len(mails), 1)

    def mock_mail_gateway_if_any(self):
        return mute_logger("odoo.addons.mail.models.mail_mail")

    def test_the_recovery_email_needs_the_password(self):
        self._log_in_by_form(self.account.number, PASSWORD)
        with mute_logger(CORE_USERS):
            self._post_form(
                "/my/recovery-email", "/my/children",
                email="thief@example.com", password="guess-guess",
            )  # fmt: skip
        self.assertFalse(self.student.email)

    def _ask_recovery(self, email="family@example.com"):
        self._log_in_by_form(self.account.number, PASSWORD)
        self._post_form(
            "/my/recovery-email", "/my/children", email=email, password=PASSWORD
        )
        return self._recovery_link()

    def _recovery_link(self):
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        self.assertEqual(mail.email_to, "family@example.com")
        address = str(mail.body_html).partition('href="')[2].partition('"')[0]
        return "/my/recovery-email/confirm" + address.partition("/confirm")[2]

    def _confirm(self, link):
        token = link.partition("token=")[2]
        return self._post_form("/my/recovery-email/confirm", "/web/login", token=token)

    def test_the_link_of_the_letter_works_without_signing_in_and_once(self):
        link = self._ask_recovery()
        self.authenticate(None, None)
        self.assertIn("family@example.com", self.url_open(link).text)
        self.assertFalse(self.student.email, "opening a link changes nothing")
        self._confirm(link)
        self.assertEqual(self.student.email, "family@example.com")
        self.student.partner_id.email = False
        self.student.partner_id.email = "later@example.com"
        self._confirm(link)
        self.assertEqual(self.student.email, "later@example.com")

    def test_a_link_is_worthless_after_a_new_password_from_the_till(self):
        link = self._ask_recovery()
        self.student._issue_temporary_password()
        self.authenticate(None, None)
        self._confirm(link)
        self.assertFalse(self.student.email)

    def test_a_forged_or_expired_link_confirms_nothing(self):
        link = self._ask_recovery()
        with freeze_time(datetime.now() + timedelta(hours=25)):
            users = self.env["res.users"]
            token = link.partition("token=")[2]
            self.assertFalse(users._read_recovery_token(token)[0])
        for forged in ("", "x", token[:-4] + "AAAA", "é"):
            self.assertFalse(users._read_recovery_token(forged)[0])

    def test_letters_are_not_sent_without_end(self):
        self._ask_recovery()
        for __ in range(7):
            self._post_form(
                "/my/recovery-email", "/my/children",
                email="family@example.com", password=PASSWORD,
            )  # fmt: skip
        mails = self.env["mail.mail"].search([("email_to", "=", "family@example.com")])
        self.assertLess(len(mails), 7)

    # === INVITATION === #

    def test_an_invitation_does_not_widen_the_login_of_a_colleague(self):
        cashier = self._new_user("cashier_1", "group_cashier", self.other_school)
        guardian = self.env["school.guardian"].create(
            {"student_id": self.student.id, "partner_id": cashier.partner_id.id}
        )
        self.assertEqual(guardian._get_portal_user(), cashier)
        self.assertEqual(cashier.company_ids, self.other_city)

    def test_an_invited_parent_gets_a_login_for_all_children(self):
        self.mother_user.unlink()
        operator = self._new_user("operator_24", "group_operator", self.school)
        wizard = (
            self.env["meal.guardian.invitation"]
            .with_user(operator)
            .with_context(
                active_model="school.student",
                active_ids=(self.student + self.sibling).ids,
                allowed_company_ids=self.city.ids,
            )
            .create({})
        )
        ready = wizard.line_ids.filtered(lambda line: line.state == "ready")
        self.assertEqual(ready.partner_id, self.mother)
        wizard.action_send()
        user = self.mother.user_ids
        self.assertEqual(user.login, "maria@example.com")
        self.assertTrue(user._is_portal())
        self.assertEqual(self.mother.signup_type, "signup")
        children = self._as(user, "school.student").search([])
        self.assertEqual(children, self.student + self.sibling)
