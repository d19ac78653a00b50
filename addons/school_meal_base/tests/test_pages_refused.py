from werkzeug.exceptions import Forbidden

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.http_routing.tests.common import MockRequest

from .common import SchoolMealCase


@tagged("post_install", "-at_install")
class TestPagesRefused(SchoolMealCase, HttpCase):
    """A page that is not for somebody says so and shows the way out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        cls.env["res.lang"]._activate_lang("en_US")
        for user in cls.roles.values():
            user.lang = "en_US"
        cls.job = cls.env["school.card.print"].create({})

    def _open(self, role, path):
        login = self.roles[role].login
        self.authenticate(login, login)
        with mute_logger("odoo.http"):
            return self.url_open(f"/school_meal/{path}", allow_redirects=False)

    def test_the_role_is_named_and_the_start_page_linked(self):
        page = self._open("canteen", f"card_print/{self.job.id}")
        self.assertEqual(page.status_code, 403)
        self.assertIn("This page cannot be opened", page.text)
        self.assertIn("Canteen worker", page.text)
        self.assertIn(self.roles["canteen"].name, page.text)
        self.assertIn('href="/odoo"', page.text)

    def test_models_and_groups_of_core_are_not_listed(self):
        page = self._open("canteen", f"card_print/{self.job.id}")
        self.assertIn("You may not open this page.", page.text)
        self.assertNotIn("school.card.print", page.text)

    def test_what_is_not_there(self):
        for path in ("card_print/999999", "card_handover/999999/list"):
            with self.subTest(path=path):
                page = self._open("operator", path)
                self.assertEqual(page.status_code, 404)
                self.assertIn("no such page or document", page.text)
                self.assertIn('href="/odoo"', page.text)

    def test_parents_are_shown_to_their_own_pages(self):
        for role, home in (("portal", "/my"), ("nobody", "/odoo")):
            env = self.env(user=self.roles[role])
            with self.subTest(role=role), MockRequest(env):
                values = env["ir.http"]._prepare_refusal(Forbidden(), Forbidden())
                self.assertEqual((values["home"], values["roles"]), (home, ""))
                self.assertIn("may not open", values["message"])

    def test_programs_get_no_page(self):
        for path in ("v1/authorise", "v1/nothing"):
            with self.subTest(path=path), mute_logger("odoo.http"):
                answer = self.url_open(f"/school_meal/{path}")
                self.assertGreaterEqual(answer.status_code, 400)
                self.assertNotIn("start page", answer.text)
