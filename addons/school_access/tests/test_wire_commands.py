from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .wire_common import CODE, WireCase


@tagged("post_install", "-at_install")
class TestWireCommands(WireCase):
    """The queue: order, acknowledgement, repetition, expiry, size of packets."""

    def setUp(self):
        super().setUp()
        self._activate()

    def _age(self, commands, seconds):
        """Let the commands be sent so long ago."""
        commands.flush_recordset()
        self.env.cr.execute(
            "UPDATE access_command SET sent_at = sent_at - make_interval(secs => %s)"
            " WHERE id = ANY(%s)",
            [seconds, commands.ids],
        )
        self.env.invalidate_all()

    def test_a_command_is_done_when_its_number_is_acknowledged(self):
        command = self._new_command()
        [sent] = self._ping()
        self.assertEqual(sent["operation"], "set_door_params")
        self.assertEqual(command.state, "sent")
        self._ack({"id": sent["id"] + 1})
        self.assertEqual(command.state, "sent", "the number is another one's")
        self._ack(sent)
        self.assertEqual(command.state, "done")

    def test_a_controller_acknowledges_its_own_commands_only(self):
        other = self._new_controller(self.point, "55555")
        command = other._queue("set_door_params", {"open": 30})
        command.write({"state": "sent", "wire_id": command._get_wire_id()})
        self._ack({"id": command.wire_id})
        self.assertEqual(command.state, "sent")

    def test_a_rejected_command_is_shown_as_such(self):
        command = self._new_command()
        self._ack(*self._ping(), success=0)
        self.assertEqual(command.state, "failed")

    def test_a_command_without_acknowledgement_is_sent_again_and_given_up(self):
        command = self._new_command()
        self.assertTrue(self._ping())
        self.assertFalse(self._ping(), "not with every call")
        for _attempt in range(9):
            self._age(command, 31)
            self.assertTrue(self._ping())
        self._age(command, 31)
        self.assertFalse(self._ping())
        self.assertEqual((command.state, command.attempts), ("expired", 10))

    def test_an_order_to_open_is_sent_once_and_not_minutes_later(self):
        self.controller.action_open_out()
        [sent] = self._ping()
        self.assertEqual((sent["operation"], sent["direction"]), ("open_door", 1))
        command = self.controller.command_ids[0]
        self._age(command, 31)
        self.assertFalse(self._ping(), "it was sent: the door has opened")
        self.controller.action_open_in()
        late = self.controller.command_ids[0]
        late.expires_at = fields.Datetime.now() - timedelta(seconds=1)
        self.assertFalse(self._ping())
        self.assertEqual(late.state, "expired")

    def test_commands_keep_their_order_and_no_packet_is_too_long(self):
        for zone in range(40):
            payload = {"zone": zone, "begin": "08:00", "end": "09:00"}
            self._new_command("set_timezone", payload)
        sent = [*self._ping(), *self._ping(), *self._ping()]  # _call checks the size
        self.assertEqual([command["zone"] for command in sent], list(range(40)))
        self.assertEqual(sent[0]["days"], "11111110")

    def test_of_modes_only_the_last_one_counts(self):
        self.controller._set_mode("locked")
        [locked] = self._ping()
        self.controller._set_mode("normal")
        [normal] = self._ping()
        self.assertEqual((locked["mode"], normal["mode"]), (1, 0))
        self._age(self.controller.command_ids, 31)
        self.assertEqual([c["mode"] for c in self._ping()], [0], "not the older one")

    def test_free_passage_opens_all_doors_of_the_site_and_lasts(self):
        second = self._new_controller(self.point, "55555")
        self.site.action_free_passage()
        self.assertEqual(second.command_ids.payload, {"mode": "free"})
        [sent] = self._ping()
        self.assertEqual((sent["operation"], sent["mode"]), ("set_mode", 2))
        self._ack(sent)
        self.assertEqual(self.controller.reported_mode, "free")
        # after a restart it is in its normal mode again
        start = {"id": 5, "operation": "power_on", "active": 0, "mode": 0}
        operations = [c["operation"] for c in self._call(start)]
        self.assertEqual(operations, ["set_active", "set_mode"])
        self.assertTrue(self.site.is_free, "shown until somebody ends it")
        self.site.action_normal_passage()
        self.site.invalidate_recordset(["is_free"])
        self.assertFalse(self.site.is_free)

    def test_a_mode_changed_at_the_controller_is_put_right(self):
        [sent] = self._ping(mode=2)
        self.assertEqual((sent["operation"], sent["mode"]), ("set_mode", 0))
        self.assertEqual(self.controller.reported_mode, "free")

    def test_who_is_to_ask_at_every_card_asks_from_the_next_call_on(self):
        for asks_server in (False, True):
            self.controller.asks_server = asks_server
            [sent] = self._ping()
            self.assertEqual(sent["operation"], "set_active")
            self.assertEqual((sent["active"], sent["online"]), (1, int(asks_server)))
            self._ack(sent)
        self.controller.asks_server = True
        self.assertFalse(self._ping(), "nothing has changed")

    def test_only_who_answers_for_doors_opens_them(self):
        self._make_roles()
        with self.assertRaises(AccessError):
            self._as("teacher", self.site).action_free_passage()
        with self.assertRaises(AccessError):
            self._as("nobody", self.controller).action_open_in()

    def test_a_command_that_cannot_be_written_stops_nobody(self):
        broken = self._new_command("set_mode", {"mode": "unheard-of"})
        good = self._new_command()
        with self.assertLogs(
            "odoo.addons.school_access.models.access_controller_commands", "ERROR"
        ):
            [sent] = self._ping()
        self.assertEqual(sent["id"], good.wire_id)
        self.assertEqual(broken.state, "failed")

    # === TIME ZONES === #

    def _place_zone(self):
        self._rules({"effect": "allow", "time_from": 7, "time_to": 10})
        self.site._compile_lists(fields.Datetime.now())
        self._ack(*self._ping())
        self._age(self.controller.command_ids, 31)

    def _zones(self, messages):
        return [c["zone"] for c in messages if c["operation"] == "set_timezone"]

    def test_time_zones_are_told_again_after_a_start(self):
        self._place_zone()
        self.assertFalse(self._zones(self._ping()))
        start = {"id": 5, "operation": "power_on", "active": 0, "mode": 0}
        self.assertEqual(self._zones(self._call(start)), [0, 6])

    def test_time_zones_are_told_to_another_device_in_its_place(self):
        self._place_zone()
        self.controller.serial = "44399"
        sent = self._call(
            {"id": 1, "operation": "ping", "active": 1, "mode": 0}, serial=44399
        )
        self.assertEqual(self._zones(sent), [0, 6])

    def test_time_zones_are_told_again_with_all_cards(self):
        self._place_zone()
        self.controller.action_send_all_cards()
        self.assertEqual(self._zones(self._ping()), [0, 6])

    def test_a_time_zone_is_not_given_up(self):
        zone = self._new_command(
            "set_timezone", {"zone": 3, "begin": "08:00", "end": "09:00"}
        )
        for _attempt in range(11):
            self.assertEqual(self._zones(self._ping()), [3])
            self._age(zone, 31)


@tagged("post_install", "-at_install")
class TestWireList(WireCase):
    """The white list follows cards and rules; what is really held is compared."""

    def setUp(self):
        super().setUp()
        self._activate()

    def _compile(self):
        self.env.flush_all()
        self.site._compile_lists(fields.Datetime.now())
        self.env.flush_all()

    def test_a_blocked_card_is_deleted_with_the_very_next_answer(self):
        for zone in range(40):  # whatever else waits
            self._new_command(
                "set_timezone", {"zone": zone, "begin": "08:00", "end": "09:00"}
            )
        self.card._block()
        self.env.flush_all()
        check = {"id": 9, "operation": "check_access", "card": CODE, "reader": 1}
        refused, deletion, *_others = self._call(check)
        self.assertEqual(refused["granted"], 0)
        self.assertEqual(
            (deletion["operation"], deletion["cards"]), ("del_cards", [{"card": CODE}])
        )
        self._ack(deletion)
        self.assertFalse(
            self._entry().filtered("is_held"), "the controller does not hold it"
        )

    def test_a_deletion_is_repeated_until_it_is_acknowledged(self):
        self.card._block()
        self.env.flush_all()
        self.assertEqual(self._ping()[0]["operation"], "del_cards")
        self.assertFalse(self._ping(), "it is on its way")
        self.env.cr.execute(
            "UPDATE access_command SET sent_at = sent_at - interval '31 s'"
        )
        self.env.invalidate_all()
        self.assertEqual(self._ping()[0]["operation"], "del_cards")

    def test_a_card_blocked_while_it_is_being_added_is_deleted(self):
        self._new_card(self.classmate, "24548AAC")
        self._compile()
        added = next(c for c in self._ping() if c["operation"] == "add_cards")
        self.assertEqual(len(added["cards"]), 1)
        self.classmate.card_ids._block()
        self.env.flush_all()
        [deletion] = self._ping()  # the answer to add_cards is lost
        self.assertEqual(deletion["operation"], "del_cards")
        self.assertEqual(deletion["cards"][0]["card"], added["cards"][0]["card"])

    def test_a_long_list_is_told_in_packets_that_fit(self):
        # Each packet is checked by `_call`; the controller does what it is told.
        for number in range(60):
            student = self._new_student(self.class_5a, "Ivanov", "Ivan")
            self._new_card(student, f"{0xA1B20000 + number * 771:08X}")
        self._compile()
        held, commands = {CODE: (32, 255)}, self._ping()
        while commands:
            for command in commands:
                for card in command.get("cards", ()):
                    held[card["card"]] = (card["flags"], card["tz"])
            commands = self._ack(*commands)
        self.assertEqual(held, self._wanted())
        self.assertEqual(len(held), 61)

    def _dump(self, *cards):
        return {
            "id": 8,
            "cards": [
                {"pos": position, "card": card, "flags": 32, "tz": 255}
                for position, card in cards
            ],
        }

    def _pause(self):
        dump = self.controller.card_dump
        self.controller.card_dump = {**dump, "at": dump["at"] - 31}
        self.env.flush_all()

    def test_what_a_controller_really_holds_is_compared_and_repaired(self):
        self.controller.action_read_cards()
        self._ack(*self._ping())
        self._call(self._dump((2, "000000AA0002")))
        self._call(self._dump((1, CODE)))
        self.assertFalse(self._ping(), "more may come")
        self._pause()
        [deletion] = self._ping()
        self.assertEqual(deletion["operation"], "del_cards")
        self.assertEqual(deletion["cards"], [{"card": "000000AA0002"}])
        self.assertTrue(self._alarms("list_differs"))
        self.assertFalse(self.controller.card_dump)
        self._ack(deletion)
        self.controller.action_read_cards()
        self._ack(*self._ping())
        self._call(self._dump((1, CODE)))
        self._pause()
        self.assertFalse(self._ping())
        self.assertFalse(self._alarms("list_differs"), "it is right now")

    def test_a_dump_with_a_lost_part_is_read_again(self):
        self.controller.action_read_cards()
        self._ack(*self._ping())
        self._call(self._dump((3, "000000AA0002")))
        self._pause()
        [again] = self._ping()
        self.assertEqual(again["operation"], "read_cards")
        self._ack(again)
        self._call(self._dump((1, CODE), (2, "000000AA0001")))
        self._pause()
        [deletion] = self._ping()
        self.assertEqual(
            sorted(card["card"] for card in deletion["cards"]),
            ["000000AA0001", "000000AA0002"],
        )

    def test_every_night_the_lists_are_read(self):
        self.env["access.controller"]._cron_read_cards()
        self.assertEqual(self._ping()[0]["operation"], "read_cards")

    def test_another_device_in_the_place_gets_all_cards(self):
        self.controller.serial = "0055"
        self.env.flush_all()
        self.serial = 55
        operations = [
            c["operation"]
            for c in self._call(
                {"id": 5, "operation": "power_on", "active": 0, "mode": 0}
            )
        ]
        self.assertIn("set_active", operations)
        self.assertIn("add_cards", operations)
