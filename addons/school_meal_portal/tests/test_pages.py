import io

from PyPDF2 import PdfReader

from odoo.tests import tagged

from .common import PASSWORD, PortalCase

SEPTEMBER = "?date_from=2026-09-01&date_to=2026-09-30&receipts=1"


@tagged("post_install", "-at_install")
class TestPages(PortalCase):
    """Every page as everybody who could try to open it."""

    def _status(self, user, url):
        self._sign_in(user)
        return self.url_open(url, allow_redirects=False).status_code

    def test_a_parent_sees_all_own_children_in_one_login(self):
        self._sign_in(self.mother_user)
        page = self.url_open("/my/children").text
        for child in self.student + self.sibling:
            self.assertIn(child.name, page)
            self.assertIn(child.account_id.number, page)
        self.assertIn("450,39", page)
        self.assertNotIn(self.classmate.name, page)

    def test_the_home_page_leads_to_the_children(self):
        self._sign_in(self.mother_user)
        self.assertIn('href="/my/children"', self.url_open("/my").text)
        self._sign_in(self.supplier_user)
        self.assertNotIn('href="/my/children"', self.url_open("/my").text)

    def test_the_statement_has_balances_and_lines(self):
        self._sign_in(self.mother_user)
        page = self.url_open(self._statement_url(self.student) + SEPTEMBER).text
        for text in ("500,00", "49,61", "450,39", "01.09.26"):
            self.assertIn(text, page)

    def test_every_preset_opens(self):
        self._sign_in(self.mother_user)
        for preset in ("two_days", "two_weeks", "thirty_days", "month"):
            url = self._statement_url(self.student, f"?preset={preset}")
            self.assertEqual(self.url_open(url).status_code, 200)

    def test_a_senseless_period_is_explained_not_a_crash(self):
        self._sign_in(self.mother_user)
        for query in ("?date_from=31.12.2026", "?preset=x", "?date_from=0001-01-01"):
            response = self.url_open(self._statement_url(self.student, query))
            self.assertEqual(response.status_code, 200)
            self.assertIn("alert-warning", response.text)

    def test_the_printed_statement_is_a_pdf_of_the_same_figures(self):
        self._sign_in(self.mother_user)
        response = self.url_open(self._statement_url(self.student, f".pdf{SEPTEMBER}"))
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        text = PdfReader(io.BytesIO(response.content)).pages[0].extract_text()
        self.assertIn("450,39", text)
        self.assertIn(self.account.number, text)

    def test_statements_open_for_own_children_only(self):
        allowed = {self.mother_user, self.student_user}
        for user in (
            self.mother_user,
            self.father_user,
            self.notified_user,
            self.student_user,
            self.supplier_user,
        ):
            for suffix in ("", ".pdf"):
                with self.subTest(user=user.login, suffix=suffix):
                    expected = 200 if user in allowed else 404
                    url = self._statement_url(self.student, suffix)
                    self.assertEqual(self._status(user, url), expected)

    def test_a_pupil_sees_oneself_not_a_sibling(self):
        self.assertEqual(
            self._status(self.student_user, self._statement_url(self.sibling)), 404
        )
        page = self.url_open("/my/children").text
        self.assertIn(self.student.name, page)
        self.assertNotIn(self.sibling.name, page)

    def test_others_children_and_no_children_look_the_same(self):
        self._sign_in(self.mother_user)
        others = self.url_open(self._statement_url(self.classmate))
        nobody = self.url_open("/my/children/999999999/statement")
        self.assertEqual((others.status_code, nobody.status_code), (404, 404))
        pages = [page.text.partition("<main")[2] for page in (others, nobody)]
        self.assertTrue(pages[0])
        self.assertEqual(*(page.partition("</main")[0] for page in pages))

    def test_without_signing_in_nothing_opens(self):
        self.authenticate(None, None)
        for url in (
            "/my/children",
            self._statement_url(self.student),
            "/my/first-login",
        ):
            response = self.url_open(url, allow_redirects=False)
            self.assertEqual(response.status_code, 303)
            self.assertIn("/web/login", response.headers["Location"])

    def test_staff_do_not_use_the_parents_pages(self):
        teacher = self._new_user("teacher_24", "group_teacher", self.school)
        self.authenticate(teacher.login, teacher.login)
        self.assertEqual(
            self.url_open(self._statement_url(self.classmate)).status_code, 404
        )

    def test_who_is_only_notified_sees_the_child_without_the_money(self):
        self._sign_in(self.notified_user)
        page = self.url_open("/my/children").text
        self.assertIn(self.student.name, page)
        self.assertNotIn(self.account.number, page)
        self.assertNotIn("450,39", page)

    def test_a_guardian_struck_off_sees_nothing_more(self):
        self.student.guardian_ids.write({"active": False})
        self._sign_in(self.mother_user)
        self.assertNotIn(self.account.number, self.url_open("/my/children").text)
        url = self._statement_url(self.student)
        self.assertEqual(self.url_open(url).status_code, 404)

    # === DEBT === #

    def _run_into_debt(self):
        self.ledger._charge(
            self.account, 60_000, uuid="debt", kind="meal", forced=True, reason="served"
        )

    def _pdf_text(self, query=""):
        url = self._statement_url(self.student, f".pdf{query}")
        return PdfReader(io.BytesIO(self.url_open(url).content)).pages[0].extract_text()

    def test_a_debt_is_shown_to_whoever_signs_in_to_the_cabinet(self):
        """Many families have nothing but the slip: ADR 0004."""
        self._run_into_debt()
        for user in (self.mother_user, self.student_user):
            self._sign_in(user)
            for url in ("/my/children", self._statement_url(self.student)):
                self.assertIn("-149,61", self.url_open(url).text, user.login)
            self.assertIn("-149,61", self._pdf_text())

    def test_a_municipality_may_hide_debts_from_the_account_login(self):
        self._run_into_debt()
        self.city.meal_hide_debt = True
        self._sign_in(self.mother_user)
        self.assertIn("-149,61", self.url_open("/my/children").text)
        self._sign_in(self.student_user)
        for url in ("/my/children", self._statement_url(self.student)):
            page = self.url_open(url).text
            self.assertNotIn("149,61", page)
            self.assertNotIn("text-danger", page)
        self.assertNotIn("149,61", self._pdf_text())

    def test_a_hidden_debt_cannot_be_worked_out_from_the_statement(self):
        self._run_into_debt()
        self.city.meal_hide_debt = True
        self._sign_in(self.student_user)
        page = self.url_open(self._statement_url(self.student) + SEPTEMBER).text
        for text in (page, self._pdf_text(SEPTEMBER)):
            self.assertIn("49,61", text)
            self.assertNotIn("500,00", text, "what was put on the account")
            self.assertNotIn("450,39", text, "a balance")

    def test_the_administrator_hides_debts_in_the_settings(self):
        manager = self._new_user("manager_24", "group_manager", self.school)
        settings = self._as(manager, "meal.settings")
        settings.create(
            {"company_id": self.city.id, "meal_hide_debt": True}
        ).action_save()
        self.assertTrue(self.city.meal_hide_debt)

    # === PERIOD === #

    def test_a_page_shows_a_year_at_most_and_says_so(self):
        self._sign_in(self.mother_user)
        query = "?date_from=2016-09-01&date_to=2026-09-30"
        page = self.url_open(self._statement_url(self.student, query)).text
        self.assertIn("alert-warning", page)
        self.assertIn('value="2025-09-29"', page)
        self.assertIn("450,39", page)

    # === STAFF WITH CHILDREN === #

    def _make_cashier_a_father(self, **rights):
        """A cashier of school 25 whose child goes to school 24."""
        cashier = self._new_user("cashier_25", "group_cashier", self.second_school)
        guardian = self.env["school.guardian"].create(
            {
                "student_id": self.classmate.id,
                "partner_id": cashier.partner_id.id,
                "relation": "father",
                **rights,
            }
        )
        return cashier, guardian

    def test_staff_who_are_parents_see_their_own_children(self):
        cashier, guardian = self._make_cashier_a_father()
        self.authenticate(cashier.login, cashier.login)
        page = self.url_open("/my/children").text
        self.assertIn(self.classmate.name, page)
        self.assertNotIn(self.student.name, page)
        url = self._statement_url(self.classmate)
        self.assertEqual(self.url_open(url).status_code, 200)
        for other in (self.student, self.sibling, self.stranger):
            self.assertEqual(self.url_open(self._statement_url(other)).status_code, 404)
        guardian.active = False
        self.assertNotIn(self.classmate.name, self.url_open("/my/children").text)
        self.assertEqual(self.url_open(url).status_code, 404)

    def test_the_account_page_gets_the_counters_it_asks_for_and_no_more(self):
        """Its script stops at a counter that is not on the page."""
        self._sign_in(self.mother_user)
        self.assertIn(self.student.name, self.url_open("/my/children").text)
        self.assertIn("/my/children", self.url_open("/my").text)
        asked = ["invoice_count", "bill_count"]
        answer = self.make_jsonrpc_request("/my/counters", {"counters": asked})
        self.assertEqual(set(answer), set(asked))

    def test_staff_with_children_find_the_way_in_the_users_menu(self):
        cashier, guardian = self._make_cashier_a_father()
        self.authenticate(cashier.login, cashier.login)
        url = "/web/session/get_session_info"
        info = self.make_jsonrpc_request(url)
        self.assertTrue(info["school_meal_has_children"])
        guardian.active = False
        info = self.make_jsonrpc_request(url)
        self.assertFalse(info["school_meal_has_children"])

    def test_staff_who_are_only_notified_see_no_money(self):
        cashier, __ = self._make_cashier_a_father(
            relation="other", is_legal=False, may_pay=False
        )
        self.authenticate(cashier.login, cashier.login)
        page = self.url_open("/my/children").text
        self.assertIn(self.classmate.name, page)
        self.assertNotIn(self.classmate.account_id.number, page)
        url = self._statement_url(self.classmate)
        self.assertEqual(self.url_open(url).status_code, 404)

    def test_a_pupil_does_not_edit_the_schools_record(self):
        self._sign_in(self.student_user)
        for url in ("/my/account", "/my/addresses", "/my/address"):
            response = self.url_open(url, allow_redirects=False)
            self.assertEqual(response.status_code, 303, url)
        response = self._post_form(
            "/my/address/submit", "/my/security", name="Vasya",
            partner_id=str(self.student.partner_id.id),
        )  # fmt: skip
        self.assertEqual(response.status_code, 404)
        self.assertEqual(self.student.name, "Ivanov Ivan")

    def test_nobody_deletes_a_student_or_a_guardian_with_the_login(self):
        for user in (self.student_user, self.mother_user):
            self._sign_in(user)
            self.assertNotIn("deactivate", self.url_open("/my/security").text)
            self._post_form(
                "/my/deactivate_account", "/my/security",
                validation=user.login, password=PASSWORD,
            )  # fmt: skip
            self.assertTrue(user.active)
            self.assertTrue(user.partner_id.active)

    def test_the_page_needs_no_script(self):
        self._sign_in(self.mother_user)
        page = self.url_open(self._statement_url(self.student)).text
        main = page.partition('id="wrap"')[2].partition("<footer")[0]
        self.assertNotIn("<script", main)
        self.assertNotIn("onclick", main)
