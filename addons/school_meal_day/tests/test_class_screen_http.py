import re

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .order_common import MONDAY
from .screen_common import ScreenCase


@tagged("post_install", "-at_install")
class TestClassScreenHttp(ScreenCase, HttpCase):
    def _open(self, role, school_class=None):
        user = self.roles[role]
        self.authenticate(user.login, user.login)
        suffix = f"/{school_class.id}" if school_class else ""
        return self.url_open(f"/school_meal/class{suffix}", allow_redirects=False)

    def _call(self, path, **params):
        url = f"/school_meal/class/{path}"
        answer = self.url_open(url, json={"params": params}).json()
        return answer.get("result") or answer["error"]["data"]["name"]

    def test_a_teacher_opens_the_own_class(self):
        for school_class in (None, self.class_5a):
            page = self._open("teacher", school_class)
            self.assertEqual(page.status_code, 200)
            self.assertIn(self.student.last_name, page.text)
            self.assertNotIn(self.sibling.last_name + " ", page.text)
            self.assertEqual(page.headers["Cache-Control"], "no-store")

    @mute_logger("odoo.http")
    def test_others_do_not(self):
        for role, school_class in (
            ("teacher", self.class_1b),
            ("teacher", self.class_other),
            ("operator", self.class_other),
            ("canteen", self.class_5a),
            ("nobody", self.class_5a),
        ):
            with self.subTest(role=role, school_class=school_class.name):
                page = self._open(role, school_class)
                self.assertEqual(page.status_code, 403)
                self.assertNotIn(self.student.last_name, page.text)

    def test_strangers_sign_in_first(self):
        self.authenticate(None, None)
        page = self.url_open("/school_meal/class", allow_redirects=False)
        self.assertEqual(page.status_code, 303)
        self.assertIn("/web/login", page.headers["Location"])

    @mute_logger("odoo.http")
    def test_calls_reach_the_own_class_only(self):
        self._open("teacher")
        command = self._command("order", self.sibling, self.breakfast)
        answer = self._call("run", class_id=self.class_1b.id, commands=[command])
        self.assertEqual(answer, "odoo.exceptions.AccessError")
        for class_id in (self.class_1b.id, 2**31 - 1):
            answer = self._call("data", class_id=class_id)
            self.assertEqual(answer, "odoo.exceptions.AccessError")
        self.assertFalse(self._orders(self.sibling))

    def test_commands_are_answered_with_the_new_state(self):
        self._open("teacher")
        command = self._command("order", self.student, self.lunch)
        answer = self._call("run", class_id=self.class_5a.id, commands=[command])
        self.assertEqual(answer["results"], [["done", ""]])
        cell = answer["screen"]["cells"][str(MONDAY)][str(self.student.id)]
        self.assertEqual(cell["orders"], {str(self.lunch.id): "ordered"})

    def test_names_are_text_and_not_markup(self):
        school = self.school
        school.short_name = "</script><script>alert(1)</script>"
        page = self._open("teacher").text
        self.assertNotIn("<script>alert", page)
        scripts = re.findall(r"<script[^>]*class_screen_data", page)
        self.assertEqual(len(scripts), 1)
