"""Whatever is posted to a controller's address: never a 5xx, nothing half-written."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401

from .wire_common import CODE, WireCase

FUZZ = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
NUMBERS = st.one_of(
    st.integers(-(10**25), 10**25),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([2**31 - 1, 2**31, -1, 0, 2**63, True, None]),
)
TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["\x00", "\ud800", "0" * 300, "ZZZZZZZZZZZZ", CODE, " ", "'; --"]),
)
VALUES = st.recursive(
    st.one_of(NUMBERS, TEXTS),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)
    ),
    max_leaves=8,
)
KEYS = (
    "id",
    "operation",
    "success ",
    "events",
    "cards",
    "card",
    "reader",
    "active",
    "mode",
    "fw",
    "auth_hash",
)
OPERATIONS = ("power_on", "ping", "check_access", "events", "cards", "nonsense")
EVENTS = st.lists(
    st.one_of(
        VALUES,
        st.fixed_dictionaries(
            {"event": VALUES, "card": VALUES, "time": VALUES, "flag": VALUES}
        ),
    ),
    max_size=3,
)
MESSAGES = st.one_of(
    VALUES,
    st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6),
    st.builds(
        lambda operation, fields: {"id": 1, **fields, "operation": operation},
        st.sampled_from(OPERATIONS),
        st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5),
    ),
    st.builds(
        lambda events: {"id": 2, "operation": "events", "events": events}, EVENTS
    ),
)


@tagged("post_install", "-at_install")
class TestWireFuzz(WireCase):
    def _check_answer(self, response):
        self.assertIn(response.status_code, (200, 413))
        if response.status_code == 200:
            answer = response.json()
            self.assertEqual(sorted(answer), ["date", "interval", "messages"])
            self.assertLessEqual(len(response.content), 2048)
            return answer["messages"]
        return []

    @FUZZ
    @given(st.lists(MESSAGES, max_size=4))
    def test_good_messages_are_processed_whatever_stands_beside_them(self, messages):
        # Escapes as a broken firmware writes them: lone surrogates, NUL, NaN.
        check = {"id": 424242, "operation": "check_access", "card": CODE, "reader": 1}
        body = json.dumps({"sn": 44374, "messages": [check, *messages]})
        answers = self._check_answer(self._post(body))
        self.assertIn(
            {"id": 424242, "operation": "check_access", "granted": 1}, answers
        )

    @FUZZ
    @given(st.one_of(st.binary(max_size=300), VALUES.map(json.dumps).map(str.encode)))
    def test_bytes_that_are_no_document_get_an_empty_one(self, body):
        self._check_answer(self._post(body))

    def test_documents_made_to_break_a_parser(self):
        for body in (
            b"[" * 60_000,
            b'{"a":' * 10_000,
            b'{"sn":44374,"messages":' + b"[" * 50_000,
            b'{"sn":44374,"messages":[{"id":' + b"9" * 60_000 + b"}]}",
            b'{"sn":' + b"9" * 60_000 + b"}",
            b'{"sn":1e999,"messages":[]}',
            b'{"sn":44374,"messages":[' + b"{}," * 20_000 + b"{}]}",
            b"\xff\xfe{\x00}\x00",
            b"\xef\xbb\xbf{}",
            b'{"sn":44374,"sn":5}',
            b"\x00" * 60_000,
            b"",
        ):
            self.assertEqual(self._check_answer(self._post(body)), [], body[:40])

    def test_ten_megabytes_are_refused(self):
        response = self._post(b'{"sn":44374,"messages":[' + b" " * 10_000_000 + b"]}")
        self.assertEqual(response.status_code, 413)

    def test_a_broken_event_does_not_hold_up_those_behind_it(self):
        self._activate()
        broken = [None, 7, {}, {"event": "x"}, {"event": [1]}, {"event": 10**30}]
        batch = [
            *broken,
            self._event(16),
            {"event": 4, "card": "\x00\ud800", "time": 5},
        ]
        self.assertEqual(self._send_events(*batch), len(batch))
        self.assertEqual(sorted(self._events().mapped("code")), [4, 16])
        self.assertEqual(self._send_events(*batch), len(batch), "a replay")
        self.assertEqual(len(self._events()), 2)

    def test_a_huge_batch_is_acknowledged_as_far_as_it_is_stored(self):
        self._activate()
        events = [self._event(16, card=f"{n:012X}", at=n - 900) for n in range(1, 700)]
        self.assertEqual(self._send_events(*events), len(events))
        self.assertEqual(self._send_events(*events[300:]), len(events) - 300)
        self.assertEqual(len(self._events()), len(events))

    def test_an_event_that_cannot_be_recorded_holds_up_no_other(self):
        self._activate()
        record = type(self.env["access.event"])._record

        def _record(events, rows, device=None):
            if any(row["code"] == 19 for row in rows):
                raise ValueError("not this one")
            return record(events, rows, device)

        self.patch(type(self.env["access.event"]), "_record", _record)
        batch = [self._event(16, at=-9), self._event(19, at=-8), self._event(18, at=-7)]
        logger = "odoo.addons.school_access.models.access_event_isolate"
        with self.assertLogs(logger, "ERROR") as logs:
            self.assertEqual(self._send_events(*batch), 3)
        self.assertNotIn(CODE, "".join(logs.output))
        self.assertEqual(self._send_events(*batch), 3, "a replay")
        self.assertEqual(self._events().mapped("code"), [16, 18])
        incident = self.env["access.edge.incident"].search(
            [("controller_id", "=", self.controller.id)]
        )
        self.assertEqual(incident.reason, "not_recorded")
        self.assertEqual(incident.school_id, self.school)
        kept = json.loads(incident.payload)
        self.assertEqual((kept["code"], kept["card"]), (19, CODE))
        self.assertEqual(self._alarms("events_apart").count, 1)

    def test_events_that_fail_wait_and_it_is_known(self):
        self._activate()

        def _store(controller, link, facts, now):
            raise ValueError("broken")

        stored = type(self.controller)._store
        self.patch(type(self.controller), "_store", _store)
        message = {"id": 7, "operation": "events", "events": [self._event(16)]}
        ping = {"id": 8, "operation": "ping", "active": 1, "mode": 0}
        logger = "odoo.addons.school_access.models.access_controller_call"
        for messages in ([message], [message, ping]):
            with self.subTest(count=len(messages)), self.assertLogs(logger, "ERROR"):
                self.controller.refused_at = False
                self.env.flush_all()
                answers = self._call(*messages)
                self.assertNotIn("events", [each["operation"] for each in answers])
                self.assertTrue(self.controller.refused_at)
        self._ping()
        self.assertTrue(self.controller.refused_at)
        self.patch(type(self.controller), "_store", stored)
        self.assertEqual(self._send_events(*message["events"]), 1)
        self.assertFalse(self.controller.refused_at)
