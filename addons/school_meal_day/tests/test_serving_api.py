import json
from datetime import datetime

from freezegun import freeze_time

from odoo.tests import HttpCase, tagged

from .issue_common import IssueCase

NOW = datetime(2026, 11, 16, 7, 0)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestServingApi(IssueCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.token = cls.tablet._issue_token()

    def _call(self, path, payload=None, token=None, raw=None, **headers):
        return self.url_open(
            f"/school_meal/v1/serve/{path}",
            data=raw if raw is not None else json.dumps(payload),
            headers={
                "Authorization": f"Device {token or self.token}",
                "Content-Type": "application/json",
                **headers,
            },
        )

    def test_events_are_recorded_and_repeated(self):
        self._order(self.student)
        events = [self._event(student=self.student.id), self._event(2), {}]
        for expected in ("created", "exists"):
            answers = self._call("events", events).json()["events"]
            self.assertEqual(
                [answer["status"] for answer in answers],
                [expected, expected, "rejected"],
            )
        found = self.env["meal.issue.event"].search(
            [("school_id", "=", self.school.id)]
        )
        self.assertEqual(len(found), 2)
        self.assertEqual(found.device_id, self.tablet)

    def test_a_conflict_becomes_an_incident(self):
        self._call("events", [self._event()])
        answer = self._call("events", [self._event(action="refused")]).json()
        self.assertEqual(answer["events"][0]["status"], "conflict")
        incident = self.env["meal.incident"].search([("kind", "=", "issue_conflict")])
        self.assertEqual(incident.company_id, self.city)
        self.assertIn("Tablet", incident.summary)

    def test_two_thousand_events_and_no_more(self):
        events = [self._event(n + 1) for n in range(2_000)]
        answers = self._call("events", events).json()["events"]
        self.assertEqual({answer["status"] for answer in answers}, {"created"})
        response = self._call("events", [*events, self._event(2_001)])
        self.assertEqual(response.status_code, 413)
        self.assertIn("2000", response.json()["message"])

    def test_nonsense_is_refused_and_records_nothing(self):
        for raw in (b"{", b"7", b'{"a": 1}', b"\xff\xfe", b"[" * 9_000):
            response = self._call("events", raw=raw)
            self.assertEqual(response.status_code, 400, raw)
            self.assertTrue(response.json()["message"])
        self.assertEqual(self._call("events", raw=b" " * 1_100_000).status_code, 413)
        with self.assertNoLogs("odoo.http", "WARNING"):
            response = self._call(
                "events",
                raw=json.dumps([self._event(card="BCD14264")]),
                **{"Content-Type": "application/x-www-form-urlencoded"},
            )
        self.assertEqual(response.status_code, 400)
        self.assertFalse(
            self.env["meal.issue.event"].search([("device_id", "=", self.tablet.id)])
        )

    def test_only_a_serving_tablet_with_a_valid_token_records(self):
        till = self._tablet("Vending")
        till.kind = "vending"
        response = self._call("events", [self._event()], token=till._issue_token())
        self.assertEqual(response.status_code, 403)
        self.assertEqual(self._call("events", [], token="x").status_code, 401)
        self.tablet.action_revoke()
        self.assertEqual(self._call("events", [self._event()]).status_code, 401)
        self.assertFalse(
            self.env["meal.issue.event"].search([("school_id", "=", self.school.id)])
        )

    def test_a_student_of_another_municipality_is_unknown(self):
        answers = self._call("events", [self._event(student=self.stranger.id)]).json()
        self.assertEqual(answers["events"][0]["error"], "student")
