import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from .events_common import EventsCase

LOGGER = "odoo.addons.school_access.models.access_event_isolate"


@tagged("post_install", "-at_install")
class TestEventIsolate(EventsCase):
    """Whoever listens to events and fails: the events are there, the others hear."""

    def setUp(self):
        super().setUp()
        self.told, self.calls = [], 0

    def _fail_at(self, is_bad):
        """Notices fail, in the database, at the events with such codes or times."""

        def _enqueue(notices, rows):
            self.calls += 1
            if any(is_bad(row) for row in rows):
                notices.env.cr.execute("SELECT 1 / 0")
            self.told += [row["id"] for row in rows]

        self.patch(type(self.env["access.notice"]), "_enqueue", _enqueue)

    def _alarm(self, kind):
        return self.env["access.alarm"].search(
            [("kind", "=", kind), ("school_id", "=", self.school.id)]
        )

    @mute_logger("odoo.sql_db")
    def test_one_that_nobody_can_be_told_of(self):
        bad = self.at(3)
        self._fail_at(lambda row: row["occurred_at"] == bad)
        refused = {"kind": "refused", "verdict": "blocked_card"}
        taps = [self._event(self.at(n), **refused) for n in range(8)]
        with self.assertLogs(LOGGER, "ERROR") as logs:
            events = self._taps(*taps)
        self.assertEqual(len(logs.records), 1)
        self.assertEqual(len(events.exists()), 8)
        others = events.filtered(lambda event: event.occurred_at != bad)
        self.assertEqual(sorted(self.told), sorted(others.ids))
        # whoever else listens has heard of all of them
        self.assertEqual(self._alarm("blocked_card").count, 8)
        alarm = self._alarm("events_apart")
        self.assertEqual(alarm.count, 1)
        self.assertIn("enqueue", alarm.details)

    @mute_logger("odoo.sql_db", LOGGER)
    def test_a_listener_that_always_fails_is_not_tried_for_ever(self):
        self._fail_at(lambda row: True)
        events = self._taps(*[self._event(self.at(n)) for n in range(300)])
        self.assertEqual(len(events.exists()), 300)
        self.assertLess(self.calls, 40)
        self.assertEqual(self._alarm("events_apart").count, 300)
        self.assertEqual(self._state(), ("inside", self.at(299)))

    @mute_logger("odoo.sql_db", LOGGER)
    def test_alarms_that_fail_hold_up_nobody(self):
        def _raise_many(alarms, rows):
            raise ValueError(rows)

        self.patch(type(self.env["access.alarm"]), "_raise_many", _raise_many)
        self._fail_at(lambda row: True)
        self.assertTrue(self._taps(self._event()).exists())

    def test_what_the_database_asks_to_repeat_is_no_fault_of_an_event(self):
        def _enqueue(notices, rows):
            raise psycopg2.OperationalError("could not serialize access")

        self.patch(type(self.env["access.notice"]), "_enqueue", _enqueue)
        with self.assertRaises(psycopg2.OperationalError):
            self._taps(self._event())
