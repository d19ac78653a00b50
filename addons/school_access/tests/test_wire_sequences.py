import json

from odoo.tests import tagged

from .wire_common import CODE, OTHER_CODE, WireCase


@tagged("post_install", "-at_install")
class TestWireSequences(WireCase):
    """Sequences and captured packets of shared/protocols.md, 1.2 and 1.8."""

    def test_a_controller_starts(self):
        power_on = (
            b'{"type":"Z5RWEB","sn":44374,"messages":[{"id":631704567,"operation":'
            b'"power_on","fw":"3.23","conn_fw":"1.0.123","active":0,"mode":0,'
            b'"controller_ip":"192.168.8.9"}]}'
        )
        [command] = self._post(power_on).json()["messages"]
        self.assertEqual(command["operation"], "set_active")
        self.assertEqual((command["active"], command["online"]), (1, 1))
        self.assertGreaterEqual(command["id"], 2**30)
        self.assertEqual(set(command), {"id", "operation", "active", "online"})
        # asked again because the answer was lost: the same order comes once more
        [again] = self._post(power_on).json()["messages"]
        self.assertEqual(again["operation"], "set_active")
        self.assertFalse(self.controller.is_activated)
        answer = self._call(
            {"id": again["id"], "success": 1},
            {"id": 3, "operation": "ping", "active": 1, "mode": 0},
        )
        self.assertEqual(answer, [])
        self.assertTrue(self.controller.is_activated)
        self.assertEqual(self.controller.state, "online")
        self.assertEqual(self.controller.firmware, "3.23 / 1.0.123")
        self.assertEqual(self.controller.address, "192.168.8.9")
        self.assertEqual(self.controller.model, "Z5RWEB")

    def test_results_and_events_come_mixed(self):
        self._activate()
        answer = self._post(
            b'{"type":"Z5RWEB","sn":44374,"messages":[{"id":112805732,"success":1},'
            b'{"id":1120048829,"operation":"events","events":[{"flag":0,"event":4,'
            b'"time":"2026-06-20 09:50:37","card":"00000029CF67"},{"flag":0,"event":16,'
            b'"time":"2026-06-20 09:50:37","card":"00000029CF67"}]}]}'
        ).json()
        self.assertEqual(
            answer["messages"],
            [{"id": 1120048829, "operation": "events", "events_success": 2}],
        )
        events = self._events()
        self.assertEqual(events.mapped("code"), [4, 16])
        self.assertEqual(events.mapped("kind"), ["opened", "pass"])
        self.assertEqual(str(events[0].occurred_at), "2026-06-20 06:50:37")

    def test_a_card_is_decided_and_the_passage_told_afterwards(self):
        self._activate()
        self.assertEqual(
            self._call(
                {"id": 9, "operation": "check_access", "card": CODE, "reader": 1}
            ),
            [{"id": 9, "operation": "check_access", "granted": 1}],
        )
        self.assertEqual(self._send_events(self._event(4), self._event(16)), 2)
        self.assertEqual(self._events(kind="pass").person_id, self.person)

    def test_a_refused_card_is_one_event_with_its_reason(self):
        self._activate()
        self.assertEqual(
            self._call(
                {"id": 9, "operation": "check_access", "card": OTHER_CODE, "reader": 2}
            ),
            [{"id": 9, "operation": "check_access", "granted": 0}],
        )
        self.assertEqual(self._send_events(self._event(3, card=OTHER_CODE)), 1)
        event = self._events()
        self.assertEqual(len(event), 1)
        self.assertEqual(
            (event.kind, event.verdict, event.direction, event.card),
            ("refused", "unknown_card", "out", OTHER_CODE),
        )

    def test_a_refusal_of_the_controller_alone_is_kept(self):
        self._activate()
        self._send_events(self._event(6), self._event(6, card=OTHER_CODE, at=-60))
        self.assertEqual(self._events().mapped("verdict"), ["no_rule", "no_rule"])

    def test_events_after_an_outage_come_in_batches(self):
        events = [self._event(16, at=n - 600) for n in range(40)]
        self._activate()
        self.assertEqual(self._send_events(*events[:20]), 20)
        self.assertEqual(self._send_events(*events[:20]), 20, "the answer was lost")
        self.assertEqual(self._send_events(*events[10:]), 30, "and cut differently")
        self.assertEqual(len(self._events()), 40)

    def test_events_of_a_clock_set_back_are_no_repeats(self):
        self._activate()
        self._send_events(self._event(16, at=-3600), self._event(16, at=-10))
        self._send_events(self._event(16, card=OTHER_CODE, at=-5))
        self.controller.wire_state = {
            **self.controller.wire_state,
            "tail": [
                entry.split(".")[0] + ".0." + entry.split(".")[2]
                for entry in self.controller.wire_state["tail"]
            ],
        }
        self._send_events(self._event(16, at=-3600), self._event(16, at=-10))
        self.assertEqual(len(self._events()), 5)

    def test_an_old_firmware_sends_no_envelope(self):
        answer = self._post(
            b'{"type":"Z5","sn":44374,"operation":"ping","id":1,"active":0,"mode":0}'
        ).json()
        self.assertEqual(answer["messages"][0]["operation"], "set_active")

    def test_the_clock_is_that_of_the_school(self):
        self.school.tz = "Asia/Novokuznetsk"
        answer = self._post(json.dumps({"sn": 44374, "messages": []})).json()
        expected = self._event(at=0)["time"]
        self.assertEqual(answer["date"][:13], expected[:13])
        self.assertEqual(answer["interval"], 10)

    def test_the_key_of_the_controller_is_remembered(self):
        power_on = {"id": 5, "operation": "power_on", "active": 0, "mode": 0}
        self._call({**power_on, "auth_hash": "1691782c"})
        self._call({**power_on, "auth_hash": "1691782c"})
        self.assertFalse(self._alarms("authorisation_changed"))
        self._call({**power_on, "auth_hash": "ffff"})
        self.assertEqual(
            self._alarms("authorisation_changed").controller_id, self.controller
        )
        self.assertEqual(self.controller.auth_hash, "1691782c")

    def test_a_wrong_serial_number_is_an_alarm_and_changes_nothing(self):
        answer = self._call(
            {"id": 9, "operation": "check_access", "card": CODE, "reader": 1},
            {"id": 77, "operation": "events", "events": [self._event()]},
            serial=999,
        )
        self.assertEqual(answer, [])
        self.assertFalse(self._events())
        self.assertTrue(self._alarms("unknown_controller"))

    def test_an_unknown_path_is_not_found(self):
        self.assertEqual(
            self._post(b"{}", path="/school_access/v1/c/x").status_code, 404
        )
        other_driver = self.path.replace("/c/", "/t/")
        self.assertEqual(self._post(b"{}", path=other_driver).status_code, 404)
        self.controller.action_revoke()
        self.assertEqual(self._post(b"{}").status_code, 404)
