import json

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from ..drivers.base import Driver
from .wire_common import CODE, OTHER_CODE, WireCase


@tagged("post_install", "-at_install")
class TestWireJsonHttp(WireCase):
    """The second driver behind the seam: the same rules, another wire."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.controller = cls._new_controller(cls.point, "T-17", driver="json_http")
        cls.path = cls.controller._issue_secret()
        cls.site._compile_lists(None)
        cls.controller._confirm_list_changes(cls.controller._get_list_changes())
        cls.controller.command_ids.unlink()

    def _say(self, **fields):
        response = self._post(json.dumps({"serial": "T-17", **fields}))
        self.assertEqual(response.status_code, 200)
        return response.json()

    def _numbered(self, sequence, kind="pass", card=CODE):
        return {
            "seq": sequence,
            "kind": kind,
            "card": card,
            "reader": 1,
            "time": f"2026-11-17T08:10:{sequence % 60:02d}+03:00",
        }

    def test_every_driver_has_an_address_of_its_own(self):
        self.assertTrue(self.path.startswith("/school_access/v1/t/"))
        self.assertEqual(
            len({driver.path for driver in Driver.by_code.values()}),
            len(Driver.by_code),
        )

    def test_a_turnstile_says_hello(self):
        answer = self._say(
            hello={"model": "TK-2", "firmware": "7", "address": "10.0.0.9"}
        )
        self.assertEqual(set(answer), {"time", "interval"})
        self.assertEqual(
            (self.controller.state, self.controller.model, self.controller.firmware),
            ("online", "TK-2", "7"),
        )

    def test_cards_are_decided_by_the_same_rules(self):
        answer = self._say(
            check=[
                {"id": 1, "card": CODE, "reader": 1},
                {"id": 2, "card": OTHER_CODE, "reader": 2},
            ]
        )
        self.assertEqual(
            answer["check"], [{"id": 1, "granted": True}, {"id": 2, "granted": False}]
        )
        self.assertEqual(self._events().verdict, "unknown_card")

    def test_numbered_events_are_stored_once(self):
        first = [self._numbered(n) for n in (1, 2, 3)]
        self.assertEqual(self._say(events=first)["stored"], 3)
        again = [*first, self._numbered(4, "forced", "")]
        self.assertEqual(self._say(events=again)["stored"], 4)
        events = self._events()
        self.assertEqual(events.mapped("kind"), ["pass"] * 3 + ["alarm"])
        self.assertEqual(events[0].person_id, self.person)
        self.assertEqual(str(events[0].occurred_at), "2026-11-17 05:10:01")

    def test_a_turnstile_that_counts_anew_is_heard(self):
        """Reset, or exchanged for another one under the same serial number."""
        self._say(events=[self._numbered(100)])
        event = {**self._numbered(1), "time": "2026-11-18T08:00:00+03:00"}
        self.assertEqual(self._say(events=[event])["stored"], 1)
        self.assertEqual(len(self._events()), 2)
        self.assertEqual(self._say(events=[event])["stored"], 1)
        self.assertEqual(len(self._events()), 2)

    def test_a_mad_number_swallows_nothing(self):
        events = [self._numbered(n) for n in (2**62, 1, 2)]
        self.assertEqual(self._say(events=events)["stored"], 2, "3 may follow")
        self.assertEqual(self._say(events=[self._numbered(3)])["stored"], 3)
        self.assertEqual(len(self._events()), 4)

    def test_what_has_no_number_is_stored_with_the_others(self):
        events = [{**self._numbered(5), "seq": "5"}, self._numbered(6), "?"]
        for _again in range(2):
            self.assertEqual(self._say(events=events)["stored"], 6)
            self.assertEqual(
                sorted(self._events().mapped("kind")), ["pass", "pass", "service"]
            )

    def test_the_lowest_numbers_of_too_many_are_taken_first(self):
        short = [{"seq": number} for number in range(1001, 0, -1)]
        self.assertEqual(self._say(events=short)["stored"], 1000)

    def test_repeats_without_a_time_are_told_by_what_is_remembered(self):
        events = [{**self._numbered(n), "time": None} for n in range(1, 81)]
        with freeze_time("2026-11-17 05:00:00"):
            self._say(events=events)
        for part in (events[:20], events[20:]):
            with freeze_time("2026-11-17 05:10:00"):
                self._say(events=part)
        self.assertEqual(len(self._events()), 80)

    def test_it_is_told_what_the_zones_of_cards_mean(self):
        self._rules({"effect": "allow", "time_from": 7, "time_to": 10})
        self.site._compile_lists(fields.Datetime.now())
        zone, always, cards = self._say()["commands"]
        self.assertEqual(
            {key: zone[key] for key in ("name", "zone", "begin", "end", "days")},
            {
                "name": "zone",
                "zone": 0,
                "begin": "07:00",
                "end": "10:00",
                "days": "11111110",
            },
        )
        self.assertEqual((always["name"], always["zone"]), ("zone", 6))
        self.assertEqual(cards["cards"][0]["zones"], 1)

    def test_commands_are_acknowledged_by_number(self):
        self.controller._set_mode("locked")
        self.card._block()
        self.env.flush_all()
        deletion, mode = self._say()["commands"]
        self.assertEqual((deletion["name"], deletion["cards"]), ("del_cards", [CODE]))
        self.assertEqual((mode["name"], mode["mode"]), ("mode", "locked"))
        self._say(done=[{"id": mode["id"], "ok": True}])
        self.assertEqual(self.controller.reported_mode, "locked")
        self.assertEqual(
            self.controller.command_ids.filtered(lambda c: c.name == "set_mode").state,
            "done",
        )

    def test_what_the_driver_cannot_do_is_not_asked_for(self):
        self.controller._queue("read_cards")
        self.assertFalse(self.controller.command_ids)

    def test_nonsense_is_answered_with_an_empty_document(self):
        for body in (b"", b"[]", b"\xff", b"{}", b"[" * 60_000, b'{"serial":[]}'):
            self.assertEqual(
                set(self._post(body).json()), {"time", "interval"}, body[:9]
            )
        answer = self._say(
            hello=5,
            check=[None, {"id": True}, {"id": -1}, {"id": 3, "card": {}, "reader": []}],
            events=[{"seq": "x"}, {"seq": 1, "time": 5, "kind": {}}],
            done=[{"id": 9**99}],
            mode=[],
        )
        self.assertEqual(answer["check"], [{"id": 3, "granted": False}])
        self.assertEqual(answer["stored"], 1)
