import gzip
import json
import zlib
from datetime import timedelta
from uuid import uuid4

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..controllers import edge as edge_controller
from ..domain.access_code import card_code
from ..models.school_device import CODE_ATTEMPTS
from .common import AccessCase

EVENTS = "/school_access/v1/edge/events"
SYNC = "/school_access/v1/edge/sync"
CONFIG = "/school_access/v1/edge/config"
ENROL = "/school_access/v1/edge/enrol"


class EdgeCase(AccessCase, HttpCase):
    """`cls.gateway` with `cls.token` speaks for `cls.controller`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = cls._new_device("edge")
        cls.token = cls.gateway._issue_token()
        cls.controller.device_id = cls.gateway
        cls.store = str(uuid4())
        cls.env["access.rule"].search([("site_id", "=", cls.site.id)]).unlink()
        cls.env["access.rule"].create(
            {"name": "Always", "site_id": cls.site.id, "weekdays": "1111111"}
        )
        cls.card = cls.env["school.card"].create(
            {"student_id": cls.student.id, "uid": "BCD14264", "state": "active"}
        )
        cls.env.flush_all()
        cls.site._compile_lists()
        cls.code = card_code("BCD14264", "26")
        cls.entry = cls.env["access.entry"].search([("code", "=", cls.code)])

    def setUp(self):
        super().setUp()
        edge_controller._wrong_codes.clear()

    @classmethod
    def _new_device(cls, kind):
        return cls.env["school.device"].create(
            {"name": kind, "kind": kind, "school_id": cls.school.id}
        )

    def _call(self, address, message=None, token=None, raw=None, **headers):
        body = (
            json.dumps(message if message is not None else {}) if raw is None else raw
        )
        response = self.url_open(
            address,
            data=body,
            headers={
                "Authorization": f"Device {token or self.token}",
                "Content-Type": "application/json",
                **headers,
            },
        )
        return response.status_code, response

    def _event(self, sequence, **values):
        return {
            "sequence": sequence,
            "controller": self.controller.id,
            "occurred_at": fields.Datetime.now().isoformat(),
            "received_at": fields.Datetime.now().isoformat(),
            "kind": "pass",
            "card": self.code,
            "direction": "in",
            "verdict": "granted",
            "code": 16,
            "flag": 0,
            **values,
        }

    def _send(self, *events, **message):
        message = {"store": self.store, "events": list(events), **message}
        status, response = self._call(EVENTS, message)
        return status, response.json()

    def _count(self):
        self.env.invalidate_all()
        return self.env["access.event"].search_count(
            [("controller_id", "=", self.controller.id)]
        )


@tagged("post_install", "-at_install")
class TestEdgeEvents(EdgeCase):
    def test_a_repeated_batch_is_recorded_once(self):
        before = fields.Datetime.now() - timedelta(minutes=5)
        batch = [
            self._event(1, occurred_at=before.isoformat()),
            self._event(2, direction="out"),
        ]
        for _again in range(2):
            status, answer = self._send(*batch)
            self.assertEqual((status, answer["accepted_to"]), (200, 2))
        self.assertEqual(self._count(), 2)
        presence = self.env["access.presence"].search(
            [("person_id", "=", self.person.id)]
        )
        self.assertEqual(presence.state, "outside")

    def test_a_bad_event_is_kept_apart_and_holds_nobody_up(self):
        other = self._new_controller(self.point, "555")
        bad = {
            2: {"controller": other.id},
            3: {"kind": ["pass"]},
            4: {"direction": {}},
            5: {"verdict": "perhaps"},
            6: {"occurred_at": "yesterday"},
            7: {"occurred_at": None},
            8: {"card": "\x00\ud800"},
            9: {"code": 2**40},
            10: {"flag": 1.5},
            11: {"controller": "1"},
        }
        events = [self._event(1)]
        events += [self._event(number, **values) for number, values in bad.items()]
        events.append(self._event(12))
        for _again in range(2):
            status, answer = self._send(*events)
            self.assertEqual((status, answer["accepted_to"]), (200, 12))
            self.assertEqual([number for number, _code in answer["refused"]], [*bad])
        self.assertEqual(self._count(), 2)
        incidents = self.env["access.edge.incident"].search(
            [("store", "=", self.store)]
        )
        self.assertEqual(sorted(incidents.mapped("sequence")), [*bad])
        self.assertEqual(incidents[-1].reason, "not_your_controller")
        self.assertEqual(incidents.school_id, self.school)

    def test_one_that_cannot_be_recorded_holds_up_no_other(self):
        events = self.env["access.event"]
        record = type(events)._record

        def _record(model, rows, device=None):
            if any(row["flag"] == 7 for row in rows):
                model.env.cr.execute("SELECT 1 / 0")
            return record(model, rows, device)

        self.patch(type(events), "_record", _record)
        batch = [self._event(number) for number in range(1, 10)]
        batch[1]["kind"] = "perhaps"
        batch[4]["flag"] = 7
        refused = [[2, "bad_kind"], [5, "not_recorded"]]
        for _again in range(2):
            with mute_logger(
                "odoo.sql_db", "odoo.addons.school_access.models.access_event_isolate"
            ):
                status, answer = self._send(*batch)
            self.assertEqual((status, answer["accepted_to"]), (200, 9))
            self.assertEqual(answer["refused"], refused)
        self.assertEqual(self._count(), 7)
        incident = self.env["access.edge.incident"].search(
            [("store", "=", self.store), ("sequence", "=", 5)]
        )
        self.assertEqual(json.loads(incident.payload), batch[4])
        self.assertEqual(incident.controller_id, self.controller)
        alarm = self.env["access.alarm"].search(
            [("kind", "=", "gateway"), ("school_id", "=", self.school.id)]
        )
        self.assertTrue(alarm.key.startswith("apart-"))

    def test_nonsense_is_refused_whole(self):
        event = self._event(1)
        for message in (
            {},
            {"store": "x", "events": []},
            {"store": 5, "events": []},
            {"store": self.store},
            {"store": self.store, "events": {}},
            {"store": self.store, "events": [5]},
            {"store": self.store, "events": [{**event, "sequence": True}]},
            {"store": self.store, "events": [{**event, "sequence": 2**31}]},
            {"store": self.store, "events": [event, event]},
            {"store": self.store, "events": [event] * 1001},
        ):
            with self.subTest(message=str(message)[:60]):
                status, response = self._call(EVENTS, message)
                self.assertEqual(status, 400)
                self.assertTrue(response.json()["error"])
        for raw in (
            b"[]",
            b"{",
            b"\xff\xfe",
            b"[" * 9_000,
            b'{"store":' + b"9" * 5_000,
        ):
            self.assertEqual(self._call(EVENTS, raw=raw)[0], 400)
        self.assertEqual(self._call(EVENTS, raw=b" " * 1_000_001)[0], 413)
        self.assertEqual(self._count(), 0)

    def test_a_packed_batch_is_read_and_a_bomb_is_not(self):
        message = json.dumps({"store": self.store, "events": [self._event(1)]}).encode()
        gzipped = {"Content-Encoding": "gzip"}
        status, _response = self._call(EVENTS, raw=gzip.compress(message), **gzipped)
        self.assertEqual(status, 200)
        bomb = gzip.compress(b" " * 50_000_000)
        self.assertLess(len(bomb), 100_000)
        self.assertEqual(self._call(EVENTS, raw=bomb, **gzipped)[0], 413)
        for raw in (b"\x1f\x8b", message, gzip.compress(message)[:-9]):
            self.assertEqual(self._call(EVENTS, raw=raw, **gzipped)[0], 400)
        status, _response = self._call(
            EVENTS, raw=zlib.compress(message), **{"Content-Encoding": "deflate"}
        )
        self.assertEqual(status, 415)
        self.assertEqual(self._count(), 1)

    def test_what_is_missing_is_asked_for_before_it_is_given_up(self):
        self._send(self._event(1))
        status, answer = self._send(self._event(4))
        self.assertEqual((status, answer["error"]), (409, "gap"))
        self.assertEqual(answer["expected"], 2)
        status, _answer = self._send(self._event(4), gap=True)
        self.assertEqual(status, 200)
        self.env.invalidate_all()
        self.assertEqual(self.gateway.journal_ids.missing, 2)
        self.assertEqual(self.gateway.journal_ids.last_sequence, 4)

    def test_a_store_belongs_to_one_gateway(self):
        self._send(self._event(1))
        other = self._new_device("edge")
        message = {"store": self.store, "events": [self._event(2)]}
        status, response = self._call(EVENTS, message, token=other._issue_token())
        self.assertEqual((status, response.json()["error"]), (409, "other_store"))

    # === REGISTERED ANEW === #

    def _register_anew(self, **values):
        """The gateway is another device from now on; its store is what it was."""
        self._send(self._event(1))
        device = self.env["school.device"].create(
            {"name": "New", "kind": "edge", "school_id": self.school.id, **values}
        )
        self.controller.device_id = device
        self.env.flush_all()
        return device, device._issue_token()

    def _send_anew(self, token):
        message = {"store": self.store, "events": [self._event(2)]}
        status, response = self._call(EVENTS, message, token=token)
        self.env.invalidate_all()
        return status, response.json().get("error")

    def _sync_anew(self, token):
        status, response = self._call(SYNC, {"store": self.store}, token=token)
        self.assertEqual(status, 200)
        self.env.invalidate_all()
        return response.json()["expected"]

    def _fall_silent(self, minutes):
        self.env.cr.execute(
            "UPDATE access_edge_journal SET seen_at = now() AT TIME ZONE 'UTC'"
            " - %s * interval '1 minute' WHERE store = %s",
            [minutes, self.store],
        )

    def test_a_gateway_that_was_registered_anew_goes_on(self):
        device, token = self._register_anew()
        self.assertIsNone(self._sync_anew(token))
        alarm = self.env["access.alarm"].search(
            [("kind", "=", "gateway"), ("key", "=", f"store-{device.id}")]
        )
        self.assertFalse(alarm.closed_at)
        self._fall_silent(9)
        self.assertEqual(self._send_anew(token), (409, "other_store"))
        self._fall_silent(11)
        self.assertEqual(self._sync_anew(token), 2)
        self.assertTrue(alarm.closed_at)
        self.assertEqual(self._send_anew(token), (200, None))
        self.assertEqual(self._count(), 2)
        self.assertEqual(device.journal_ids.last_sequence, 2)
        self.assertFalse(self.gateway.journal_ids)
        # the former device does not take it back as long as this one calls
        self.assertEqual(self._send(self._event(3))[0], 409)

    def test_a_revoked_device_lets_its_store_go_at_once(self):
        _device, token = self._register_anew()
        self.gateway.action_revoke()
        self.env.flush_all()
        self.assertEqual(self._send_anew(token), (200, None))
        self.assertEqual(self._count(), 2)

    def test_no_store_goes_to_another_municipality(self):
        company = self.env["res.company"].create({"name": "Other town"})
        school = self.school.copy({"name": "Other", "company_id": company.id})
        _device, token = self._register_anew(school_id=school.id)
        self._fall_silent(60)
        self.assertEqual(self._send_anew(token), (409, "other_store"))

    def test_an_impossible_time_is_replaced_by_the_gateways(self):
        received = fields.Datetime.now() - timedelta(hours=5)
        self._send(
            self._event(
                1,
                occurred_at="2000-01-01T00:00:00",
                received_at=received.isoformat(),
            ),
            self._event(2, occurred_at="2099-01-01T00:00:00"),
            self._event(3, occurred_at="9999-01-01T00:00:00"),
        )
        events = self.env["access.event"].search(
            [("controller_id", "=", self.controller.id)], order="occurred_at"
        )
        self.assertEqual(events[0].occurred_at, received.replace(microsecond=0))
        self.assertLess(events[1].occurred_at.year, 2099)


@tagged("post_install", "-at_install")
class TestEdgeConfig(EdgeCase):
    def test_it_has_what_is_needed_to_decide_and_no_more(self):
        status, response = self._call(CONFIG, **{"Accept-Encoding": "gzip"})
        self.assertEqual(status, 200)
        config = response.json()
        profile = self.entry.profile_id
        self.assertEqual(
            config["entries"],
            [
                [self.controller.id, self.code, self.person.id, profile.id]
                + [None, None, None, 32, 255, True]
            ],
        )
        self.assertEqual(config["controllers"][0]["serial"], "44374")
        self.assertEqual(config["profiles"], {str(profile.id): profile.windows})
        names = {person[1]: person[2] for person in config["people"]}
        self.assertEqual(names[self.student.name], self.student.class_id.name)
        self.assertNotIn(self.stranger.name, names)
        status, response = self._call(CONFIG, {"version": config["version"]})
        self.assertTrue(response.json()["unchanged"])

    def test_every_change_makes_a_new_revision(self):
        self.env.flush_all()

        def revision():
            return self._call(SYNC, {"store": self.store})[1].json()["revision"]

        seen = revision()
        self.assertEqual(revision(), seen)
        # Rows of this transaction have one number: an added row counts.
        self.env["access.permission"].create(
            {
                "person_id": self.person.id,
                "guardian_id": self.student.guardian_ids.id,
                "site_id": self.site.id,
                "valid_from": fields.Datetime.now(),
                "valid_to": fields.Datetime.now() + timedelta(hours=1),
                "direction": "in",
                "reason": "Dentist",
            }
        )
        self.env.flush_all()
        self.assertNotEqual(revision(), seen)
        permissions = self._call(CONFIG)[1].json()["permissions"]
        self.assertEqual([row[1] for row in permissions], [self.person.id])

    def test_a_blocked_card_is_blocked_at_once(self):
        before = self._call(SYNC, {"store": self.store})[1].json()["revision"]
        self.card._edit({"state": "blocked"})
        self.env.flush_all()
        config = self._call(CONFIG)[1].json()
        [entry] = config["entries"]
        self.assertEqual(entry[4], "blocked_card")
        self.assertIs(entry[-1], False)
        self.assertTrue(before)

    def test_whatever_the_lists_say_a_card_out_of_use_is_no_entry_to_open(self):
        """Lists that are not compiled yet, cards written by SQL."""
        staff = self.env["access.person"].create(
            {"kind": "staff", "name": "Cook", "school_id": self.school.id}
        )
        own = self.env["access.pass"].create({"person_id": staff.id, "uid": "77242CF0"})
        self.env.flush_all()
        self.site._compile_lists()

        def listed():
            self.env.flush_all()
            entries = self._call(CONFIG)[1].json()["entries"]
            return sorted(
                entry[2] for entry in entries if entry[-1] and not entry[4]
            ), {entry[2]: entry[4] for entry in entries}

        self.assertEqual(listed()[0], sorted([self.person.id, staff.id]))
        for table, record in (("school_card", self.card), ("access_pass", own)):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET state = 'blocked' WHERE id = %s",
                    SQL.identifier(table),
                    record.id,
                )
            )
        found, refusals = listed()
        self.assertEqual(found, [])
        self.assertEqual(set(refusals.values()), {"blocked_card"})

    def test_a_pass_that_is_over_and_a_person_who_left_are_not_listed(self):
        staff = self.env["access.person"].create(
            {"kind": "staff", "name": "Cook", "school_id": self.school.id}
        )
        own = self.env["access.pass"].create({"person_id": staff.id, "uid": "77242CF0"})
        self.env.flush_all()
        self.site._compile_lists()
        past = fields.Datetime.now() - timedelta(minutes=1)
        self.env.cr.execute(
            "UPDATE access_pass SET valid_to = %s WHERE id = %s", [past, own.id]
        )
        self.env.cr.execute(
            "UPDATE access_person SET active = FALSE WHERE id = %s", [self.person.id]
        )
        self.env.invalidate_all()
        entries = self._call(CONFIG)[1].json()["entries"]
        self.assertEqual([entry[-1] for entry in entries], [False, False])


@tagged("post_install", "-at_install")
class TestEdgeSync(EdgeCase):
    def _sync(self, **message):
        status, response = self._call(SYNC, {"store": self.store, **message})
        self.assertEqual(status, 200)
        return response.json()

    def _queue(self, controller, **values):
        return self.env["access.command"].create(
            {"controller_id": controller.id, "name": "open_door", **values}
        )

    def test_commands_are_given_until_they_are_answered(self):
        stranger = self._queue(self._new_controller(self.point, "556"))
        now = fields.Datetime.now()
        late = self._queue(self.controller, expires_at=now - timedelta(seconds=1))
        command = self._queue(self.controller, payload={"direction": "in"})
        self.env.flush_all()
        for _again in range(2):
            given = self._sync()["commands"]
            self.assertEqual([item["id"] for item in given], [command.id])
            self.assertEqual(given[0]["payload"], {"direction": "in"})
        results = [[command.id, True], [stranger.id, True], [late.id, False], 5, [1]]
        self.assertEqual(self._sync(results=results)["commands"], [])
        self.env.invalidate_all()
        self.assertEqual(command.state, "done")
        self.assertEqual(stranger.state, "queued")
        self.assertEqual(late.state, "failed")

    def test_the_state_is_noted(self):
        state = {"version": "1.0", "queued": 7, "disk_used": 12, "clock_drift": -3}
        answer = self._sync(state=state)
        self.assertEqual(answer["expected"], 1)
        self._sync(state={"version": 5, "queued": "x", "disk_used": 2**70})
        self.env.invalidate_all()
        self.assertEqual(self.gateway.journal_ids.queued, 0)
        self._send(self._event(1))
        self.assertEqual(self._sync()["expected"], 2)

    def test_calls_all_day_long_take_no_numbers(self):
        self._sync(state={"version": "1.0"})
        self._send(self._event(1))
        taken = self._numbers_taken("access_edge_journal")
        self._sync(state={"version": "1.0"})
        self._sync(state={"version": "1.1"})
        self._send(self._event(2))
        self._send(self._event(2))
        self.assertEqual(self._numbers_taken("access_edge_journal"), taken)
        self.env.invalidate_all()
        self.assertEqual(self.gateway.journal_ids.version, "1.1")
        self.assertEqual(self.gateway.journal_ids.last_sequence, 2)


@tagged("post_install", "-at_install")
class TestEdgeTokens(EdgeCase):
    def _enrol(self, code):
        status, response = self._call(ENROL, {"code": code}, token="none")
        return status, response.json()

    def test_a_code_connects_once(self):
        gateway = self._new_device("edge")
        code = gateway._issue_code()
        self.assertNotIn(code[-6:], str(gateway.sudo().read()))
        status, answer = self._enrol(code.lower().replace("-", " "))
        self.assertEqual((status, answer["device"]), (200, gateway.id))
        self.assertEqual(
            self._call(SYNC, {"store": self.store}, token=answer["token"])[0], 200
        )
        self.assertEqual(self._enrol(code)[1], {"error": "bad_code"})

    def test_a_code_dies_of_old_age_and_of_guesses(self):
        with freeze_time(fields.Datetime.now()) as clock:
            code = self._new_device("edge")._issue_code()
            clock.tick(timedelta(minutes=31))
            self.assertIsNone(self.env["school.device"]._enrol(code))
        code = self._new_device("edge")._issue_code()
        for _guess in range(CODE_ATTEMPTS):
            self.assertEqual(
                self._enrol(code[:-6] + "AAAAAA")[1], {"error": "bad_code"}
            )
        self.assertEqual(self._enrol(code)[1], {"error": "bad_code"})
        for nonsense in (None, 5, [], "x" * 5_000, "\x00", {}):
            self._enrol(nonsense)
        status, answer = self._enrol(code)
        self.assertEqual((status, answer["error"]), (429, "wait"))

    def test_only_gateways_get_codes_and_only_from_a_manager(self):
        with self.assertRaises(UserError):
            self._new_device("till").action_enrol()
        operator = new_test_user(
            self.env, "edge_operator", "school_meal_base.group_operator"
        )
        with self.assertRaises(AccessError):
            self.gateway.with_user(operator).action_enrol()

    @mute_logger("odoo.http")
    def test_tokens_open_their_own_doors_only(self):
        till = self._new_device("till")._issue_token()
        for address in (EVENTS, SYNC, CONFIG, "/school_access/v1/edge/token"):
            self.assertEqual(self._call(address, token=till)[0], 403)
            self.assertEqual(self._call(address, token="wrong")[0], 401)
        self.assertEqual(self._call("/school_meal/v1/authorise")[0], 403)
        self.assertEqual(self._call("/school_meal/v1/authorise", token=till)[0], 400)

    @mute_logger("odoo.http")
    def test_the_old_token_works_until_the_new_one_is_used(self):
        new = self._call("/school_access/v1/edge/token")[1].json()["token"]
        message = {"store": self.store}
        self.assertEqual(self._call(SYNC, message)[0], 200)
        self.assertEqual(self._call(SYNC, message, token=new)[0], 200)
        self.assertEqual(self._call(SYNC, message, token=new)[0], 200)
        self.assertEqual(self._call(SYNC, message)[0], 401)
        self.gateway.action_revoke()
        self.assertEqual(self._call(SYNC, message, token=new)[0], 401)


@tagged("post_install", "-at_install")
class TestEdgeState(EdgeCase):
    def _tell(self, lists=None, **state):
        message = {"store": self.store, "state": state, "lists": lists}
        self.assertEqual(self._call(SYNC, message)[0], 200)
        self.env.invalidate_all()

    def test_controllers_are_as_the_gateway_tells(self):
        told = {"id": self.controller.id, "seconds": 3, "firmware": "3.23"}
        self._tell(controllers=[{**told, "address": "10.0.0.9", "mode": "free"}])
        self.assertEqual(self.controller.state, "online")
        self.assertEqual(self.controller.firmware, "3.23")
        self.assertEqual(self.controller.reported_mode, "free")
        stranger = self._new_controller(self.point, "557")
        self._tell(controllers=[{**told, "id": stranger.id}, 5, {"id": "x"}, None])
        self.assertEqual(stranger.state, "new")

    def test_nonsense_is_left_out(self):
        for state in ([], {"controllers": 5}, {"controllers": [{"id": 2**80}]}):
            message = {"store": self.store, "state": state, "lists": state}
            self.assertEqual(self._call(SYNC, message)[0], 200)
        own = self.controller.id
        self._tell(
            controllers=[
                {"id": own, "seconds": "1", "firmware": "\x00", "mode": {}},
                {"id": own, "seconds": -1, "address": ["x"], "mode": "open"},
            ],
            strangers=[5, None, "\x00"],
            lists={
                "x": [],
                str(own): [5, [], [None, 1, 1], ["A" * 20, 1, 1], ["A", -1]],
            },
        )
        self.assertEqual(self.controller.state, "new")

    def test_alarms_are_raised_once_while_they_last(self):
        for _again in range(3):
            self._tell(is_full=True, set_backs=1, strangers=["777"])
        alarms = self.env["access.alarm"].search([("school_id", "=", self.school.id)])
        self.assertEqual(
            sorted(alarms.mapped("kind")), ["gateway", "gateway", "unknown_controller"]
        )
        self.assertEqual(set(alarms.mapped("count")), {1})

    def test_what_a_controller_holds_is_taken_over(self):
        number = str(self.controller.id)
        self._tell(lists={number: [[self.code, 32, 255], ["00000000ABCD", 0, 255]]})
        self.assertTrue(self.entry.is_held)
        self.assertEqual(self.controller.due_count, 1)  # one to be deleted
        self._tell(lists={number: [[self.code, 32, 255]]})
        self.assertEqual(self.controller.due_count, 0)
