from uuid import uuid4

from odoo import fields
from odoo.tests import tagged

from .test_edge_api import SYNC, EdgeCase


@tagged("post_install", "-at_install")
class TestEdgeQuestion(EdgeCase):
    """Somebody has to say yes at a point behind a gateway."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.point.verification = "guard"
        cls.site.post_seen_at = fields.Datetime.now()

    def _question(self, key=None, card=None, controller=None, is_over=False):
        controller = controller or self.controller
        return [
            key or str(uuid4()), controller.id, card or self.code, "in", is_over,
        ]  # fmt: skip

    def _told(self, *questions):
        """Return (verdicts, orders to open) that a call is answered."""
        self.env.flush_all()
        message = {"store": self.store, "questions": list(questions)}
        status, response = self._call(SYNC, message)
        self.assertEqual(status, 200)
        self.env.invalidate_all()
        answer = response.json()
        verdicts = [verdict for _key, verdict in answer["answers"]]
        return verdicts, [each["name"] for each in answer["commands"]]

    def _asked(self):
        return self.env["access.verification"].search(
            [("controller_id", "=", self.controller.id)]
        )

    def test_the_guard_is_asked_once_and_opens_by_an_order(self):
        question = self._question()
        for _again in range(2):
            self.assertEqual(self._told(question), (["held"], []))
        asked = self._asked()
        self.assertEqual(asked.mapped("person_id"), self.person)
        self.assertEqual(asked.uuid, question[0])
        self.assertEqual(asked._answer(True), "opened")
        self.assertEqual(self._told(), ([], ["open_door"]))
        # told again after a lost answer: no second order
        self.assertEqual(self._told(question), (["granted"], ["open_door"]))
        self.assertEqual(self.env["access.command"].search_count([]), 1)

    def test_a_no_is_told(self):
        question = self._question()
        self._told(question)
        self._asked()._answer(False)
        self.assertEqual(self._told(question), (["not_verified"], []))

    def test_without_a_guard_the_default_counts_at_once(self):
        self.site.post_seen_at = False
        for default, expected in (
            ("deny", (["not_verified"], [])),
            ("allow", (["granted"], ["open_door"])),
        ):
            self.point.verification_default = default
            question = self._question()
            for _again in range(2):
                self.assertEqual(self._told(question), expected)

    def test_a_card_that_was_blocked_meanwhile_is_nobodys_question(self):
        self.card._edit({"state": "blocked"})
        self.assertEqual(self._told(self._question()), (["blocked_card"], []))
        self.assertFalse(self._asked())

    def test_what_the_gateway_has_settled_waits_no_longer(self):
        question = self._question()
        self._told(question)
        over = [*question[:-1], True]
        self.point.verification_default = "allow"
        # the gateway has opened by itself: no order
        self.assertEqual(self._told(over), (["granted"], []))
        self.assertEqual(self._asked().state, "timed_out")
        self.assertEqual(self._told(self._question(is_over=True))[1], [])
        self.assertEqual(len(self._asked()), 1)

    def test_nonsense_and_strangers_doors_are_left_out(self):
        stranger = self._new_controller(self.point, "556")
        good = self._question()
        for questions in (
            [self._question(controller=stranger)],
            [self._question(key="x")],
            [self._question(card="x")],
            [[1, 2], None, {}, [None] * 5, [[], [], [], [], []], [{}] * 5],
        ):
            self.assertEqual(self._told(*questions), ([], []))
        self.assertFalse(self._asked())
        self._told(good)
        other = self._new_device("edge")
        stranger.device_id = other
        token = other._issue_token()
        self.env.flush_all()
        message = {
            "store": str(uuid4()),
            "questions": [self._question(key=good[0], controller=stranger)],
        }
        _status, response = self._call(SYNC, message, token=token)
        self.assertEqual(response.json()["answers"], [[good[0], "not_verified"]])
        for nonsense in (5, "x", {"a": 1}):
            message = {"store": self.store, "questions": nonsense}
            self.assertEqual(self._call(SYNC, message)[0], 200)
