from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import MealDayCase


@tagged("post_install", "-at_install")
class TestPagesRefused(MealDayCase, HttpCase):
    """The pages of the meal day say whom they are for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        cls.env["res.lang"]._activate_lang("en_US")
        for user in cls.roles.values():
            user.lang = "en_US"

    def _open(self, role, path):
        login = self.roles[role].login
        self.authenticate(login, login)
        with mute_logger("odoo.http"):
            return self.url_open(f"/school_meal/{path}", allow_redirects=False)

    def test_the_sentence_of_the_page_is_shown(self):
        for role, path, sentence, own_role in (
            ("canteen", "class", "This page is for class teachers", "Canteen worker"),
            ("teacher", "class/999999", "This class is not yours", "Class teacher"),
            ("teacher", "kitchen", "for those who cook and order", "Class teacher"),
            ("canteen", "kitchen/999999", "do not work at this school", "Canteen"),
        ):
            with self.subTest(role=role, path=path):
                page = self._open(role, path)
                self.assertEqual(page.status_code, 403)
                self.assertIn(sentence, page.text)
                self.assertIn(own_role, page.text)

    def test_what_is_not_there(self):
        for path in ("roster/999999", "snapshot/999999/sheet", "timesheet/999999.pdf"):
            with self.subTest(path=path):
                page = self._open("operator", path)
                self.assertEqual(page.status_code, 404)
                self.assertIn("no such page or document", page.text)

    def test_programs_get_no_page(self):
        with mute_logger("odoo.http"):
            answer = self.url_open("/school_meal/v1/serve/photo/1")
        self.assertEqual(answer.status_code, 401)
        self.assertNotIn("start page", answer.text)
