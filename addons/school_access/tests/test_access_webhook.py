import time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..models import access_webhook
from .guard_common import GuardCase
from .other_system import OtherSystem


@tagged("post_install", "-at_install")
class TestAccessWebhook(GuardCase):
    def setUp(self):
        super().setUp()
        self.other = OtherSystem()
        self.addCleanup(self.other.close)
        access_webhook._circuits.clear()
        self.webhook = self.env["access.webhook"].create(
            {"name": "Faces", "school_id": self.school.id, "url": self.other.url}
        )
        self.other.secret = self.webhook._issue_secret()
        self.point.write({"verification": "webhook", "webhook_id": self.webhook.id})

    def test_the_other_system_is_asked_and_decides(self):
        self.assertEqual(self._ask(), "allow")
        self.other.answer = {"verdict": "deny", "reason": "Not\x00 on the list"}
        self.assertEqual(self._ask(), "deny")
        self.assertFalse(self.other.problems)
        verification = self._asked()
        self.assertEqual(verification.state, "denied")
        self.assertEqual(verification.reason, "Not on the list")
        self.assertEqual(verification.webhook_id, self.webhook)
        self.assertFalse(self._orders(), "the controller was answered at once")

    def test_no_name_leaves_unless_that_is_set(self):
        self._ask()
        [question] = self.other.questions
        self.assertEqual(question["person"], self.person.id)
        self.assertEqual(
            question.keys(),
            {
                *("request", "point", "site", "person", "kind", "direction"),
                *("asked_at", "expires_at"),
            },
        )
        self.webhook.send_name = True
        self._ask()
        self.assertEqual(self.other.questions[1]["name"], self.student.name)

    def test_whoever_does_not_answer_well_is_not_believed(self):
        for mode in ("cut", "wrong_signature", "redirect", "long", "rubbish"):
            access_webhook._circuits.clear()
            self.other.mode = mode
            self.assertEqual(self._ask(), "deny", mode)
            self.assertEqual(self._asked().state, "timed_out", mode)
            self.point.verification_default = "allow"
            self.assertEqual(self._ask(), "allow", mode)
            self.point.verification_default = "deny"
        self.assertEqual(len(self.other.questions), 10, "no redirect was followed")

    def test_a_yes_to_another_question_is_no_yes(self):
        self.other.answer = {"verdict": "maybe"}
        self.assertEqual(self._ask(), "deny")
        self.other.answer = {"verdict": ["allow"]}
        self.assertEqual(self._ask(), "deny")

    def test_a_child_does_not_wait_for_a_slow_system(self):
        self.other.mode, self.other.delay = "slow", 5
        self.webhook.timeout = 100
        began = time.monotonic()
        self.assertEqual(self._ask(), "deny")
        waited = time.monotonic() - began
        self.assertLess(waited, self.other.delay, "the answer was waited for")

    def test_a_dead_system_is_left_alone_and_asked_again_later(self):
        self.other.mode = "cut"
        for _time in range(6):
            self.assertEqual(self._ask(), "deny")
        self.assertEqual(len(self.other.questions), 3)
        alarm = self.env["access.alarm"].search([("kind", "=", "webhook_down")])
        self.assertEqual(alarm.school_id, self.school)
        self.assertTrue(self.webhook.last_error)
        self.other.mode = "answers"
        circuit = access_webhook._circuits[self.env.cr.dbname, self.webhook.id]
        circuit._closed_until = 0
        self.assertEqual(self._ask(), "allow")
        self.assertTrue(alarm.closed_at)
        self.assertEqual(self._ask(), "allow")

    def test_it_may_answer_later_if_that_is_set(self):
        self.other.answer = {"verdict": "hold"}
        self.assertEqual(self._ask(), "deny")
        self.webhook.may_answer = True
        self.assertEqual(self._ask(), "hold")
        verification = self._asked()
        answer = self.webhook._answer_request(verification.uuid, "allow", "Known")
        self.assertEqual(answer, "opened")
        self.assertEqual(self._orders(), ["in"])
        self.assertFalse(verification.user_id)
        again = self.webhook._answer_request(verification.uuid, "deny", "")
        self.assertEqual(again, "answered")

    def test_it_is_told_that_a_controller_is_not_connected(self):
        self.webhook.write({"may_open": True, "point_ids": [(4, self.point.id)]})
        self.controller.state = "silent"
        answer = self.webhook._open_point(self.point.id, "in")
        self.assertEqual((answer, self._orders()), ("not_connected", []))
        self.controller.state = "online"
        answer = self.webhook._open_point(self.point.id, "in")
        self.assertEqual((answer, self._orders()), ("opened", ["in"]))

    def test_it_answers_its_own_questions_only(self):
        self.point.verification = "guard"
        self._watch()
        self._ask()
        self.webhook.may_answer = True
        self.assertIsNone(self.webhook._answer_request(self._asked().uuid, "allow", ""))
        self.assertEqual(self._asked().state, "pending")

    def test_without_a_secret_nothing_is_asked(self):
        self.webhook.salt = False
        self.assertEqual(self._ask(), "deny")
        self.assertFalse(self.other.questions)

    # === THE SECRET === #

    def test_a_secret_is_shown_once_and_stored_nowhere(self):
        secret = self.webhook._issue_secret()
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM access_webhook")
        self.assertNotIn(secret, str(self.env.cr.fetchall()))
        self.assertNotEqual(secret, self.other.secret)
        self.assertEqual(self._ask(), "deny", "the old one is worth nothing")

    def test_administrators_alone_connect_systems(self):
        self._make_roles()
        for role in ("operator", "head", "department"):
            webhook = self._as(role, self.webhook)
            with self.assertRaises(AccessError):
                webhook.action_issue_secret()
            with self.assertRaises(AccessError):
                webhook.url = "http://127.0.0.1:1/"
        manager = self._as("manager", self.webhook)
        self.assertIn("message", manager.action_issue_secret()["params"])
        with self.assertRaises(AccessError):
            manager.read(["salt"])

    def test_an_address_is_of_the_web(self):
        for url in ("ftp://example.com", "file:///etc/passwd", "example.com"):
            with self._refused(ValidationError, "https://"):
                self.webhook.url = url
        with self._refused(ValidationError, "password"):
            self.webhook.url = "https://me:secret@example.com/"

    def test_a_system_is_of_the_school_of_the_point(self):
        other = self.webhook.copy({"school_id": self.second_school.id})
        with self._refused(ValidationError, "this school"):
            self.point.webhook_id = other
