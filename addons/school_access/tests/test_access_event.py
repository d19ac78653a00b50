from datetime import timedelta
from uuid import uuid4

from odoo.tests import tagged

from .common import MORNING
from .events_common import EventsCase

CARD = "00000042D1BC"
UID = "BCD14264"


@tagged("post_install", "-at_install")
class TestAccessEvent(EventsCase):
    def test_a_passage_moves_the_person(self):
        event = self._taps(self._event())
        self.assertEqual(event.student_id, self.student)
        self.assertTrue(event.is_counted)
        self.assertFalse(event.anomaly)
        self.assertEqual(self._state(), ("inside", MORNING))
        self.assertEqual(self._presence().zone_id, self.zone)
        self._taps(self._event(self.at(hours=-1), "out"))
        self.assertEqual(self._state(), ("inside", MORNING))
        self._taps(self._event(self.at(60), "out"))
        self.assertEqual(self._state(), ("outside", self.at(60)))
        self.assertFalse(self._presence().zone_id)

    def test_presence_goes_only_forwards_but_a_late_event_is_in_the_history(self):
        self._taps(self._event(self.at(120), "out"))
        late = self._taps(self._event(self.at(0), "in"))
        self.assertEqual(self._state(), ("outside", self.at(120)))
        self.assertTrue(late.is_counted)
        history = self.env["access.event"].search([("person_id", "=", self.person.id)])
        self.assertEqual(history.mapped("direction"), ["out", "in"])

    def test_an_event_is_recorded_once(self):
        event = self._event(person=self.person.id)
        first, repeat = self.env["access.event"]._record([event, dict(event)])
        [again] = self.env["access.event"]._record([event])
        self.assertEqual(first["status"], "created")
        self.assertEqual((repeat, again), ({"status": "exists"}, {"status": "exists"}))
        found = self.env["access.event"].search([("person_id", "=", self.person.id)])
        self.assertEqual(len(found), 1)

    def test_an_event_of_no_controller_is_rejected_the_others_are_recorded(self):
        events = [self._event(controller=0), self._event(person=self.person.id)]
        answers = self.env["access.event"]._record(events)
        self.assertEqual([a["status"] for a in answers], ["rejected", "created"])

    def test_nothing_is_answered_to_nothing(self):
        self.assertEqual(self.env["access.event"]._record([]), [])

    # === COLLAPSING === #

    def test_the_lock_and_the_sensor_are_one_passage(self):
        opened, passed = self._taps(
            self._event(self.at(0), code=4), self._event(self.at(3), code=16)
        )
        self.assertTrue(opened.is_counted)
        self.assertFalse(passed.is_counted)
        self.assertFalse(passed.anomaly)

    def test_the_lock_goes_before_the_sensor_within_a_second(self):
        passed, opened = self._taps(
            self._event(key=str(uuid4()), code=16), self._event(code=4)
        )
        self.assertEqual(
            (opened.is_counted, passed.is_counted, passed.anomaly),
            (True, False, False),
        )

    def test_a_sensor_half_a_minute_later_saw_another_passage(self):
        _opened, passed = self._taps(
            self._event(self.at(0), code=4), self._event(self.at(31), code=16)
        )
        self.assertTrue(passed.is_counted)
        self.assertEqual(passed.anomaly, "entry_twice")

    def test_taps_within_five_seconds_are_one(self):
        first, second, third, later = self._taps(
            *[self._event(self.at(n)) for n in (0, 4, 9, 15)]
        )
        self.assertTrue(first.is_counted)
        for tap in (second, third):
            self.assertFalse(tap.is_counted)
            self.assertEqual(tap.anomaly, "repeated_tap")
        self.assertTrue(later.is_counted)

    def test_taps_of_another_person_point_or_direction_are_no_repetition(self):
        other = self._person_of(self.classmate)
        point = self.point.copy({"name": "Back door"})
        controller = self._new_controller(point, "44375")
        events = self._record(
            self._event(person=self.person.id),
            self._event(self.at(1), person=other.id),
            self._event(self.at(2), "out", person=self.person.id),
            self._event(self.at(3), person=self.person.id),
            self._event(self.at(4), person=self.person.id, controller=controller.id),
        )
        self.assertEqual(events.mapped("is_counted"), [True] * 5)

    def test_an_earlier_event_that_comes_later_changes_what_follows_from_it(self):
        second = self._taps(self._event(self.at(4)))
        self.assertFalse(second.anomaly)
        self._taps(self._event(self.at(0)))
        self.assertEqual(second.anomaly, "repeated_tap")

    # === ANOMALIES === #

    def test_two_entries_without_an_exit(self):
        _first, second = self._taps(
            self._event(self.at(0)), self._event(self.at(minutes=5))
        )
        self.assertEqual(second.anomaly, "entry_twice")
        self.assertTrue(second.is_counted)

    def test_an_entry_of_yesterday_is_no_second_entry(self):
        _first, second = self._taps(
            self._event(self.at(hours=-17)), self._event(self.at(0))
        )
        self.assertFalse(second.anomaly)

    def test_an_exit_without_an_entry(self):
        _in, out, again = self._taps(
            self._event(self.at(hours=-16, minutes=1)),
            self._event(self.at(0), "out"),
            self._event(self.at(60), "out"),
        )
        self.assertFalse(out.anomaly)
        self.assertEqual(again.anomaly, "exit_without_entry")

    def test_doors_inside_a_site_neither_let_in_nor_out(self):
        hall = self.env["access.zone"].create({"name": "Hall", "site_id": self.site.id})
        door = self.env["access.point"].create(
            {
                "name": "Hall",
                "site_id": self.site.id,
                "zone_id": hall.id,
                "zone_from_id": self.zone.id,
            }
        )
        inner = self._new_controller(door, "44376").id
        events = self._taps(
            self._event(self.at(0)),
            self._event(self.at(20), controller=inner),
            self._event(self.at(40), "out", controller=inner),
        )
        self.assertEqual(events.mapped("anomaly"), [False] * 3)
        self.assertEqual(self._state(), ("inside", self.at(40)))
        self.assertEqual(self._presence().zone_id, self.zone)

    def test_what_is_reported_long_after_is_marked(self):
        event = self._taps(self._event(self.at(minutes=-6)))
        self.assertEqual(event.anomaly, "late_report")

    def test_a_clock_ahead_does_not_hold_the_person(self):
        ahead = self._taps(self._event(self.at(hours=1)))
        self.assertEqual(ahead.anomaly, "clock")
        self.assertEqual(self._state(), ("inside", self.at(minutes=10)))

    def test_the_sender_may_know_that_the_clock_is_wrong(self):
        event = self._taps(self._event(is_clock_wrong=True))
        self.assertEqual(event.anomaly, "clock")

    # === WHAT DOES NOT MOVE === #

    def test_refusals_and_openings_move_nobody(self):
        for kind in ("refused", "opened", "alarm", "service"):
            event = self._taps(self._event(kind=kind))
            self.assertFalse(event.is_counted, kind)
        self.assertIsNone(self._state())

    def test_those_who_listen_are_told_of_new_events_only(self):
        told = []
        self.patch(
            type(self.env["access.event"]),
            "_after_record",
            lambda _self, rows: told.append(rows),
        )
        event = self._event(person=self.person.id)
        self.env["access.event"]._record([event, dict(event)])
        self.env["access.event"]._record([event])
        [[row]] = told
        self.assertEqual(row["student_id"], self.student.id)
        self.assertEqual(row["school_id"], self.school.id)
        self.assertEqual(row["point_id"], self.point.id)
        self.assertEqual(row["occurred_at"], MORNING)
        self.assertTrue(row["is_counted"])

    def test_what_is_answered_is_what_the_log_says(self):
        events = [
            self._event(self.at(seconds), direction, person=self.person.id, code=code)
            for seconds, direction, code in (
                (0, "in", 4), (2, "in", 16), (5, "in", 4), (50, "out", 5),
                (51, "out", 17), (90, "out", 5),
            )
        ]  # fmt: skip
        answers = self.env["access.event"]._record(events)
        found = self.env["access.event"].browse([answer["id"] for answer in answers])
        self.assertEqual(
            [(a["is_counted"], a["anomaly"] or False) for a in answers],
            [(event.is_counted, event.anomaly) for event in found],
        )

    def test_it_says_the_same_of_events_between_those_of_the_log(self):
        day = 24 * 3600
        log = ((0, "in"), (60, "in"), (-day, "in"), (120, "out"), (-16 * 3600, "in"))
        self._taps(*[self._event(self.at(at), way, code=16) for at, way in log])
        answers = self.env["access.event"]._record(
            [
                self._event(self.at(at), way, person=self.person.id, code=16)
                for at, way in (
                    (63, "in"), (-day + 2, "in"), (-16 * 3600 + 60, "out"), (30, "out"),
                    (125, "out"), (300, "out"), (-1, "in"),
                )
            ]
        )  # fmt: skip
        found = self.env["access.event"].browse([answer["id"] for answer in answers])
        said = [(a["is_counted"], a["anomaly"] or False) for a in answers]
        self.assertEqual(said, [(event.is_counted, event.anomaly) for event in found])
        self.assertGreater(len(set(said)), 3)

    def test_a_full_batch_takes_no_more_statements_than_a_passage(self):
        people = (self.student | self.classmate | self.stranger).ids
        people = self.env["access.person"].search([("student_id", "in", people)]).ids

        def statements(*seconds):
            events = [
                self._event(self.at(second), person=people[second % len(people)])
                for second in seconds
            ]
            before = self.env.cr.sql_log_count
            self.env["access.event"]._record(events)
            return self.env.cr.sql_log_count - before

        statements(0)  # what is read once in a process
        self.assertLessEqual(statements(*range(20, 220)), statements(300))


@tagged("post_install", "-at_install")
class TestCardOwner(EventsCase):
    """Whose card it was, also where it is not on the controller's list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls._card(cls.student, UID)

    @classmethod
    def _card(cls, student, uid, state="active"):
        card = cls.env["school.card"].create({"student_id": student.id, "uid": uid})
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE school_card SET state = %s WHERE id = %s", [state, card.id]
        )
        card.invalidate_recordset()
        return card

    def _read(self, card=CARD, kind="refused", verdict="unknown_card", **values):
        return self._record(
            self._event(card=card, kind=kind, verdict=verdict, **values)
        )

    def test_a_listed_card_names_its_person_at_once(self):
        self.env["access.entry"].create(
            {
                "controller_id": self.controller.id,
                "person_id": self._person_of(self.classmate).id,
                "code": CARD,
            }
        )
        event = self._read(kind="pass", verdict="granted")
        self.assertEqual(event.student_id, self.classmate)

    def test_a_blocking_entry_says_why(self):
        self.env["access.entry"].create(
            {
                "controller_id": self.controller.id,
                "person_id": self.person.id,
                "code": CARD,
                "flags": 8,
            }
        )
        event = self._read(verdict="wrong_time")
        self.assertEqual(event.verdict, "blocked_card")

    def test_each_form_of_the_number_is_understood_as_the_reader_is_set(self):
        for bits, byte_order, code in (
            ("26", "direct", "00000042D1BC"),
            ("34", "direct", "00006442D1BC"),
            ("0", "direct", "0000BCD14264"),
            ("26", "reversed", "000000BCD142"),
            ("34", "reversed", "0000BCD14264"),
        ):
            self.controller.reader_ids.write({"bits": bits, "byte_order": byte_order})
            event = self._read(code)
            self.assertEqual(event.person_id, self.person, (bits, byte_order))
        self.controller.reader_ids.write({"bits": "34", "byte_order": "direct"})
        self.assertFalse(self._read("00000042D1BC").person_id)

    def test_passes_are_found_by_each_form_too(self):
        for uid, forms in {
            "A10007002A": {"34": "00000007002A", "0": "00A10007002A"},
            "041B4B62D22F80": {"34": "0000624B1B04", "0": "1B4B62D22F80"},
            "11223344": {"34": "000044332211", "0": "000011223344"},
        }.items():
            guard = self.env["access.person"].create(
                {"kind": "staff", "name": uid, "school_id": self.school.id}
            )
            self.env["access.pass"].create({"person_id": guard.id, "uid": uid})
            for bits, code in forms.items():
                self.controller.reader_ids.write({"bits": bits})
                self.assertEqual(self._read(code).person_id, guard, (uid, bits))

    def test_a_blocked_or_lost_card_still_names_its_person(self):
        for state in ("blocked", "lost", "replaced"):
            self.card.flush_recordset()
            self.env.cr.execute(
                "UPDATE school_card SET state = %s WHERE id = %s",
                [state, self.card.id],
            )
            event = self._read()
            self.assertEqual(
                (event.person_id, event.verdict), (self.person, "blocked_card"), state
            )

    def test_a_card_in_use_that_is_not_on_the_list_has_no_rule(self):
        self.assertEqual(self._read().verdict, "no_rule")

    def test_an_unknown_card_stays_unknown(self):
        event = self._read("000000123456")
        self.assertFalse(event.person_id)
        self.assertEqual(event.verdict, "unknown_card")

    def test_a_card_of_another_school_names_its_person_and_moves_nobody(self):
        pupil = self._new_student(
            self._new_class(self.second_school, 3, "А"), "Orlov", "Oleg"
        )
        self._person_of(pupil)
        self._card(pupil, "11223344")
        for kind in ("refused", "pass"):
            event = self._read("000000332211", kind=kind)
            self.assertEqual(
                (event.student_id, event.verdict, event.is_counted),
                (pupil, "other_school", False),
            )
        self.assertIsNone(self._state(self._person_of(pupil)))

    def test_of_two_cards_with_one_short_number_that_of_the_school_counts(self):
        pupil = self._new_student(
            self._new_class(self.second_school, 3, "А"), "Orlov", "Oleg"
        )
        self._person_of(pupil)
        self._card(pupil, "BCD14299")
        self.assertEqual(self._read().person_id, self.person)

    def test_two_with_equal_claims_are_nobody(self):
        third = self._new_school(self.city, "026", "School 26")
        for school, uid in ((self.second_school, "AABBCC01"), (third, "AABBCC02")):
            cook = self.env["access.person"].create(
                {"kind": "staff", "name": "Cook", "school_id": school.id}
            )
            self.env["access.pass"].create({"person_id": cook.id, "uid": uid})
        self.assertFalse(self._read("000000CCBBAA").person_id)

    def test_a_card_of_another_municipality_is_unknown(self):
        self._person_of(self.stranger)
        self._card(self.stranger, "55667788")
        self.assertFalse(self._read("000000776655").person_id)

    def test_a_gateway_names_nobody_of_another_municipality(self):
        event = self._record(self._event(person=self._person_of(self.stranger).id))
        self.assertFalse(event.person_id)
        self.assertFalse(event.is_counted)

    def test_a_pass_that_has_ended_says_so(self):
        guest = self.env["access.person"].create(
            {"kind": "guest", "name": "Guest", "school_id": self.school.id}
        )
        self.env["access.pass"].create(
            {
                "person_id": guest.id,
                "uid": "99887766",
                "key_z5r": "000000778899",
                "valid_to": MORNING - timedelta(days=1),
            }
        )
        event = self._read("000000778899")
        self.assertEqual((event.person_id, event.verdict), (guest, "expired_pass"))
