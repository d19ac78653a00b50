import logging
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from odoo.addons.school_access.models import access_controller_call

from ..domain.call_rate import CallRate
from .wire_common import CODE, WireCase


@tagged("post_install", "-at_install")
class TestWireState(WireCase):
    """Last seen, silence, clock, floods."""

    def _set_last_seen(self, seconds):
        seen = fields.Datetime.now() - timedelta(seconds=seconds)
        self.controller.last_seen = seen
        self.env.flush_all()
        return seen

    def test_that_somebody_called_is_written_seldom(self):
        self._activate()
        seen = self._set_last_seen(20)
        self._ping()
        self.assertEqual(self.controller.last_seen, seen)
        self._set_last_seen(31)
        self._ping()
        self.assertGreater(self.controller.last_seen, seen)

    def test_a_silent_controller_is_an_alarm_until_it_calls(self):
        self._activate()
        controllers = self.env["access.controller"]
        controllers._cron_find_silent()
        self.assertEqual(self.controller.state, "online")
        self._set_last_seen(91)
        controllers._cron_find_silent()
        self.env.invalidate_all()
        self.assertEqual(self.controller.state, "silent")
        self.assertEqual(self._alarms("silent").controller_id, self.controller)
        self._ping()
        self.assertEqual(self.controller.state, "online")
        self.assertFalse(self._alarms("silent"))

    def test_the_clock_is_measured_by_events(self):
        self._activate()
        self._send_events(self._event(at=-40))
        self.assertAlmostEqual(self.controller.clock_drift, -40, delta=3)
        self._send_events(self._event(at=120))
        self.assertAlmostEqual(self.controller.clock_drift, 120, delta=3)

    def test_what_waited_in_the_controller_says_nothing_about_its_clock(self):
        self._activate()
        self._send_events(self._event(at=-3600))
        self.assertEqual(self.controller.clock_drift, 0)

    def test_an_event_without_a_clock_is_kept_once(self):
        self._activate()
        event = {**self._event(), "time": "2000-00-00 00:00:00"}
        self.assertEqual(self._send_events(event), 1)
        self.assertEqual(self._send_events(event), 1)
        [stored] = self._events()
        age = fields.Datetime.now() - stored.occurred_at
        self.assertLess(age, timedelta(minutes=1))

    def test_a_flood_is_not_processed_and_an_alarm(self):
        self.patch(access_controller_call, "_rate", CallRate(0.001, 3))
        check = {"id": 9, "operation": "check_access", "card": CODE, "reader": 1}
        answers = [self._call(check) for _call in range(6)]
        self.assertEqual([len(answer) for answer in answers], [1, 1, 1, 0, 0, 0])
        self.assertEqual(self._alarms("flood").count, 1)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=6)):
            self.env["access.controller"]._cron_find_silent()
        self.assertFalse(self._alarms("flood"))

    def test_a_flood_of_wrong_paths_is_an_alarm(self):
        self.patch(access_controller_call, "_rate", CallRate(0.001, 3))
        for number in range(6):
            path = f"/school_access/v1/c/wrong{number}"
            self.assertEqual(self._post(b"{}", path=path).status_code, 404)
        self.assertEqual(self._alarms("flood").key, "unknown")

    def test_the_log_of_requests_holds_no_secret(self):
        line = f"POST {self.path} HTTP/1.1"
        record = logging.LogRecord(
            "werkzeug", logging.INFO, "", 0, '"%s" %s', (line, 200), None
        )
        for log_filter in logging.getLogger("werkzeug").filters:
            log_filter.filter(record)
        self.assertEqual(
            record.getMessage(), '"POST /school_access/v1/c/… HTTP/1.1" 200'
        )

    def test_a_long_body_is_refused_before_it_is_read(self):
        response = self._post(b" " * 70_000)
        self.assertEqual(response.status_code, 413)

    def test_the_body_is_read_whatever_it_says_it_is(self):
        for content_type in (
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "text/plain",
            "nonsense",
        ):
            response = self._post(
                b'{"sn":44374,"messages":[{"id":9,"operation":"check_access",'
                b'"card":"00000042D1BC","reader":1}]}',
                headers={"Content-Type": content_type},
            )
            granted = [m.get("granted") for m in response.json()["messages"]]
            self.assertEqual(granted[:1], [1], content_type)

    def test_an_error_of_ours_is_an_empty_document(self):
        self.patch(
            type(self.env["access.controller"]),
            "_note_seen",
            lambda self, link, now: 1 / 0,
        )
        with self.assertLogs(
            "odoo.addons.school_access.models.access_controller_call", "ERROR"
        ):
            self.assertEqual(self._ping(), [])
