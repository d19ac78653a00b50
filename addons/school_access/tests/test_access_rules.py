from datetime import datetime, timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..domain.access_code import card_code
from .list_common import EIGHT, NOON, ListCase

#: Days after the Tuesday of the tests.
WEDNESDAY, SATURDAY, SUNDAY = 1, 4, 5


@tagged("post_install", "-at_install")
class TestAccessRules(ListCase):
    """Who a rule fits, what a site starts with, and what makes lists stale."""

    def _later(self, days):
        return EIGHT + timedelta(days)

    # === WHO === #

    def test_rules_fit_classes_groups_kinds_and_shifts(self):
        sibling_card = self._new_card(self.sibling, "24548AAC")
        code = card_code(sibling_card.uid, "26")
        self.class_1b.shift = "2"
        group = self.env["access.group"].create(
            {
                "name": "Club",
                "school_id": self.school.id,
                "person_ids": self.sibling.access_person_ids.ids,
            }
        )
        for rule, expected in (
            ({}, ("granted", "granted")),
            ({"person_kind": "staff"}, ("no_rule", "no_rule")),
            ({"class_ids": self.class_5a.ids}, ("granted", "no_rule")),
            ({"group_ids": group.ids}, ("no_rule", "granted")),
            (
                {"class_ids": self.class_5a.ids, "group_ids": group.ids},
                ("granted", "granted"),
            ),
            ({"shift": "2"}, ("no_rule", "granted")),
        ):
            with self.subTest(rule=rule):
                self._rules(rule)
                self._compile()
                self.assertEqual((self._verdict(), self._verdict(code)), expected)

    def test_the_first_rule_that_fits_decides(self):
        refuse = {"class_ids": self.class_5a.ids, "effect": "deny"}
        self._rules(refuse, {})
        self._compile()
        self.assertEqual(self._verdict(), "no_rule")
        self._rules({}, refuse)
        self._compile()
        self.assertEqual(self._verdict(), "granted")

    def test_a_rule_of_one_point_says_nothing_of_the_others(self):
        gate = self.env["access.point"].create(
            {"name": "Gate", "site_id": self.site.id}
        )
        other = self._new_controller(gate, "44375")
        self._rules({"point_ids": gate.ids})
        self._compile()
        self.assertEqual(self._verdict(), "no_rule")
        self.assertEqual(self._verdict(controller=other), "granted")

    def test_people_of_another_school_pass_by_a_group_only(self):
        class_25 = self._new_class(self.second_school, 5, "А")
        swimmer = self._new_student(class_25, "Orlov", "Oleg")
        card = self._new_card(swimmer, "9DCB4340")
        code = card_code(card.uid, "26")
        self._rules({})
        self._compile()
        self.assertEqual(self._verdict(code), "other_school")
        self.assertEqual(self._verdict("000000000001"), "unknown_card")
        group = self.env["access.group"].create(
            {
                "name": "Pool",
                "school_id": self.school.id,
                "person_ids": swimmer.access_person_ids.ids,
            }
        )
        self._rules({"group_ids": group.ids})
        self._compile()
        self.assertEqual(self._verdict(code), "granted")
        self.assertEqual(self._verdict(), "no_rule")

    # === WHEN === #

    def test_a_new_site_lets_students_in_on_school_days_only(self):
        self._compile()
        self.assertEqual(self._verdict(now=self._later(WEDNESDAY)), "granted")
        self.assertEqual(self._verdict(now=self._later(SATURDAY)), "wrong_time")
        self.assertEqual(self._verdict(now=self._later(SUNDAY)), "wrong_time")

    def test_the_calendar_says_which_days_are_school_days(self):
        self.env["school.calendar.period"].create(
            [
                {
                    "kind": "vacation",
                    "company_id": self.city.id,
                    "date_from": "2026-11-18",
                },
                {
                    "kind": "extra_day",
                    "company_id": self.city.id,
                    "date_from": "2026-11-21",
                },
                {
                    "kind": "quarantine",
                    "company_id": self.city.id,
                    "class_ids": self.class_1b.ids,
                    "date_from": "2026-11-19",
                },
            ]
        )
        card = self._new_card(self.sibling, "24548AAC")
        code = card_code(card.uid, "26")
        self._compile()
        self.assertEqual(self._verdict(now=self._later(WEDNESDAY)), "wrong_time")
        self.assertEqual(self._verdict(now=self._later(SATURDAY)), "granted")
        self.assertEqual(self._verdict(now=self._later(2)), "granted")
        self.assertEqual(self._verdict(code, now=self._later(2)), "wrong_time")

    def test_rules_end_and_begin_with_their_dates(self):
        self._rules({"date_from": "2026-11-18", "date_to": "2026-11-18"})
        self._compile()
        self.assertEqual(self._verdict(), "wrong_time")
        self.assertEqual(self._verdict(now=self._later(1)), "granted")
        self.assertEqual(self._verdict(now=self._later(2)), "wrong_time")
        # midnight at the school: the controller's own list changes then
        self.assertEqual(self.site.compile_again_at, datetime(2026, 11, 17, 21, 0))
        self.assertEqual(self._entry().zones, 0)
        self._compile(self._later(1))
        self.assertEqual(self._entry().zones, 255)

    # === LISTS === #

    def test_the_server_names_cards_as_the_readers_do(self):
        uids = ["BCD14264", "041B4B62D22F80", "A10007002A", "04112233445566778899"]
        for uid in uids:
            keys = self.env["school.card"].new({"uid": uid})
            for bits in ("26", "34", "0"):
                for order in ("direct", "reversed"):
                    self.env.cr.execute(
                        "SELECT access_card_code(%s, %s, %s, %s, %s)",
                        [uid, keys.key_z5r, keys.key_dec10, bits, order],
                    )
                    [code] = self.env.cr.fetchone()
                    self.assertEqual(code, card_code(uid, bits, order), (uid, bits))

    def test_two_cards_of_one_number_are_both_refused_and_reported(self):
        twin = self._new_card(self.sibling, "24548AAC")
        self.env.cr.execute(
            "UPDATE school_card SET key_z5r = %s WHERE id = %s", [self.code, twin.id]
        )
        self._compile()
        entry = self._entry()
        self.assertEqual((entry.refusal, entry.is_wanted), ("same_number", False))
        self.assertFalse(entry.person_id)
        self.assertEqual(self._verdict(), "unknown_card")
        self.assertEqual(self.controller.clash_count, 1)
        self.assertEqual(self.controller._get_list_changes(), [])
        twin._block()
        self._compile()
        self.assertEqual(self._entry().person_id, self.person)
        self.assertEqual(self._verdict(), "granted")

    def test_more_times_than_zones_leave_the_door_open_offline(self):
        students = [
            self._new_student(self.class_5a, "Student", name)
            for name in ("Anna", "Boris", "Vera", "Galina", "Daria", "Egor", "Zhanna")
        ]
        groups = self.env["access.group"].create(
            [
                {
                    "name": student.name,
                    "school_id": self.school.id,
                    "person_ids": student.access_person_ids.ids,
                }
                for student in students
            ]
        )
        for number, student in enumerate(students):
            self._new_card(student, f"2454{number:02X}AC")
        self._rules(
            *(
                {"group_ids": group.ids, "time_from": number, "time_to": number + 1}
                for number, group in enumerate(groups)
            )
        )
        self._compile()
        entries = self.env["access.entry"].search(
            [("controller_id", "=", self.controller.id), ("zones", ">", 0)]
        )
        self.assertEqual(sorted(entries.mapped("zones")), [1, 2, 4, 8, 16, 32, 255])
        self.assertTrue(self.controller.zone_overflow)

    def test_a_comparison_raises_an_alarm_and_repairs(self):
        self._compile()
        held = {}
        self._tell(held)
        held["000000123456"] = held.pop(self.code)
        counts = self.controller._compare_list(held)
        self.assertEqual(counts, {"missing": 1, "extra": 1, "changed": 0})
        alarm = self.env["access.alarm"].search(
            [
                ("kind", "=", "list_differs"),
                ("controller_id", "=", self.controller.id),
            ]
        )
        self.assertEqual(len(alarm), 1)
        self._tell(held)
        self.assertEqual(held, {self.code: (32, 255)})
        self.assertEqual(
            self.controller._compare_list(held),
            {"missing": 0, "extra": 0, "changed": 0},
        )

    def test_bits_of_the_firmware_s_own_are_no_difference(self):
        self._compile()
        held = {}
        self._tell(held)
        held[self.code] = (32 | 64, 127)
        self.assertFalse(any(self.controller._compare_list(held).values()))
        self.assertEqual(self.controller._get_list_changes(), [])

    def test_a_person_deleted_leaves_a_card_to_delete(self):
        cook = self._new_staff()
        self._compile()
        held = {}
        self._tell(held)
        cook.pass_ids.action_return()
        cook.pass_ids.unlink()
        cook.unlink()
        self.assertEqual(self._verdict("0000002C2477"), "unknown_card")
        self._compile()
        self._tell(held)
        self.assertEqual(set(held), {self.code})

    # === WHAT MAKES LISTS STALE === #

    def test_only_what_changes_lists_makes_them_stale(self):
        self._compile()
        other = self._new_student(self.class_1b, "Orlov", "Oleg")
        pass_ = self._new_staff().pass_ids
        for number, change in enumerate(
            (
                lambda: self.card._block(),
                lambda: pass_.write({"valid_to": NOON}),
                lambda: self.site.rule_ids[0].write({"time_to": 20}),
                lambda: self.class_5a.write({"shift": "2"}),
                lambda: other.write({"class_id": self.class_5a.id}),
                lambda: self.school.write({"week_days": "6"}),
                lambda: self.controller.reader_ids[0].write({"bits": "34"}),
                lambda: self.env["school.calendar.period"].create(
                    {"company_id": self.city.id, "date_from": "2026-11-18"}
                ),
                lambda: self.person.write({"active": False}),
            )
        ):
            self._compile()
            self.assertFalse(self._marks(), number)
            change()
            self.assertTrue(self._marks(), number)
        self._compile()
        self.student.write({"birth_date": "2015-01-01"})
        self.controller.write({"name": "Another name"})
        self.assertFalse(self._marks())

    def _marks(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT count(*) FROM access_list_mark WHERE school_id = %s",
            [self.school.id],
        )
        return self.env.cr.fetchone()[0]

    def test_what_changes_while_lists_are_compiled_is_not_forgotten(self):
        self.card._block()
        self.assertTrue(self._marks())
        sites = self.env.registry["access.site"]
        compile_ = sites._compile

        def compile_slowly(site, now):
            compile_(site, now)
            site._mark_stale(site.school_id)

        with patch.object(sites, "_compile", compile_slowly):
            self._compile()
        self.assertEqual(self._marks(), 1)
        self._compile()
        self.assertFalse(self._marks())

    def test_the_cron_compiles_what_is_stale(self):
        with self.enter_registry_test_mode():
            self.env["access.site"]._cron_compile_lists()
        self.env.invalidate_all()
        self.assertEqual(self._entry().person_id, self.person)
        self.assertNotIn(self.site, self.env["access.site"]._get_stale())
        self.card._block()
        self.assertIn(self.site, self.env["access.site"]._get_stale())

    # === THE FORM === #

    def test_days_are_ticked_on_the_form(self):
        form = Form(self.env["access.rule"])
        form.name = "Weekend"
        form.site_id = self.site
        for name in ("monday", "tuesday", "wednesday", "thursday", "friday"):
            form[f"on_{name}"] = False
        self.assertTrue(form.on_saturday)
        form.on_sunday = True
        self.assertEqual(form.save().weekdays, "0000011")

    @mute_logger("odoo.sql_db")
    def test_rules_that_mean_nothing_are_refused(self):
        for values, constraint in (
            ({"weekdays": "0000000"}, "weekdays_mask"),
            ({"weekdays": "11111"}, "weekdays_mask"),
            ({"time_from": 10, "time_to": 10}, "times_order"),
            ({"time_to": 25}, "times_order"),
            ({"date_from": "2026-11-18", "date_to": "2026-11-17"}, "dates_order"),
        ):
            with self.subTest(values=values), self._refused(CheckViolation, constraint):
                self._rules(values, keep=True)

    def test_a_rule_is_about_its_own_school(self):
        site = self.env["access.site"].create(
            {"name": "Other", "school_id": self.second_school.id}
        )
        point = self.env["access.point"].create({"name": "Gate", "site_id": site.id})
        with self._refused(ValidationError, "point of another site"):
            self._rules({"point_ids": point.ids}, keep=True)
        other_class = self._new_class(self.second_school, 5, "А")
        with self._refused(ValidationError, "another school"):
            self._rules({"class_ids": other_class.ids}, keep=True)
        with self._refused(ValidationError, "belong to its site"):
            self.point.zone_id = self.env["access.zone"].create(
                {"name": "There", "site_id": site.id}
            )
        building = self.env["school.building"].create(
            {"name": "House", "school_id": self.second_school.id}
        )
        with self._refused(ValidationError, "another school"):
            self.zone.building_id = building

    def test_learn_mode_finds_how_a_reader_sends(self):
        reader = self.controller.reader_ids[0]
        for code, expected in (
            ("00000042D1BC", ("26", "direct")),
            ("000000BCD142", ("26", "reversed")),
            ("00006442D1BC", ("34", "direct")),
            ("0000BCD14264", ("34", "reversed")),
        ):
            learn = self.env["access.reader.learn"].create(
                {"reader_id": reader.id, "known_text": "BCD14264", "code": code}
            )
            learn.action_apply()
            self.assertEqual((reader.bits, reader.byte_order), expected)
        learn.code = "000000000001"
        self.assertIn("No setting", learn.outcome)
