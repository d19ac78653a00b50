from odoo.tests import HttpCase, tagged
from odoo.tools import file_open

from .guard_common import GuardCase

SCRIPT = "school_access/static/tests/guard_post/guard_post_browser.js"


@tagged("post_install", "-at_install")
class TestGuardPostBrowser(GuardCase, HttpCase):
    """The page in a real browser of a tablet's size."""

    browser_size = "1024x768"

    def _browse(self, scenario):
        self.env.flush_all()
        with file_open(SCRIPT) as script:
            head = f"const scenario = '{scenario}', site = {self.site.id};"
            code = head + script.read()
        # a page without scripts: the post is in a frame of it
        self.browser_js("/web/health", code, login=self.guard.login)
        self.env.invalidate_all()

    def test_requests_are_answered(self):
        self.point.write({"verification": "guard", "verification_seconds": 300})
        self._watch()
        for student in self.student + self.classmate + self.sibling:
            self._ask(person=self._person_of(student))
        self._browse("answering")
        asked = self.env["access.verification"].search(
            [("site_id", "=", self.site.id)], order="id"
        )
        states = asked.mapped("state")
        self.assertEqual(states, ["allowed", "denied", "allowed"])
        self.assertEqual(asked[2].reason, "With her grandmother")
        self.assertEqual(self._orders(), ["in", "in"])

    def test_alarms_and_the_shift(self):
        self.env["access.alarm"]._raise_alarm(
            "forced_door", 1, controller_id=self.controller.id
        )
        self._browse("alarmAndShift")
        shifts = self.env["access.shift"].search(
            [("site_id", "=", self.site.id)], order="id"
        )
        self.assertEqual(shifts.mapped("handover"), ["All well", False])
        self.assertEqual(
            self._journal(), ["begin", "alarm", "end", "begin", "open", "note"]
        )
        self.assertEqual(self._orders(), ["in"])

    def test_the_door_and_the_passage_are_one_line_in_any_order(self):
        self._browse("onePassage")

    def test_passes_and_a_lost_connection(self):
        self._happened("pass", person=self._person_of(self.classmate).id)
        self._happened("refused", verdict="blocked_card", person=self.person.id)
        self._browse("passes")
