from datetime import datetime

import psycopg2
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MONDAY
from .issue_common import IssueCase

NOW = datetime(2026, 11, 16, 7, 0)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestIssueEvents(IssueCase):
    def test_an_ordered_portion_is_issued(self):
        order = self._order(self.student)
        [answer] = self._record(self._event(student=self.student.id))
        event = self.env["meal.issue.event"].browse(answer["id"])
        self.assertEqual((answer["status"], answer["verdict"]), ("created", "ok"))
        self.assertEqual(event.order_id, order)
        self.assertEqual(event.class_id, self.class_5a)
        self.assertEqual(event.school_id, self.school)
        self.assertEqual(event.device_id, self.tablet)
        self.assertEqual(event.event_key, f"d{self.tablet.id}:1")
        self.assertEqual(event.occurred_at, datetime(2026, 11, 16, 6, 41))
        self.assertEqual(event.received_at, NOW)

    def test_a_card_is_found(self):
        self._order(self.student)
        card = self._card(self.student, "BCD14264")
        [answer] = self._record(self._event(card="bcd14264"))
        self.assertEqual(answer["verdict"], "ok")
        self.assertEqual(answer["student"], self.student.id)
        card._edit({"state": "blocked"})
        [answer] = self._record(self._event(2, card="BCD14264", action="refused"))
        self.assertEqual(answer["verdict"], "blocked_card")
        card._edit({"state": "replaced"})
        [answer] = self._record(self._event(3, card="BCD14264", action="refused"))
        self.assertEqual(answer["verdict"], "blocked_card")

    def test_a_card_blocked_on_the_tablet_is_blocked_by_its_own_word(self):
        self._order(self.student)
        claimed = {"student": self.student.id, "verdict": "blocked_card"}
        [answer] = self._record(self._event(1, action="refused", **claimed))
        self.assertEqual(answer["verdict"], "ok")  # there is no such card
        self._card(self.student, "BCD14264")._edit({"state": "lost"})
        [answer] = self._record(self._event(2, action="refused", **claimed))
        self.assertEqual(answer["verdict"], "blocked_card")

    def test_what_should_not_have_happened_is_recorded_with_its_verdict(self):
        self._order(self.student, state="cancelled")
        mate = self._new_student(
            self._new_class(self.second_school, 5, "А"), "Alien", "Alla"
        )
        self._card(self.stranger, "77242CF0")
        cases = [
            ({"student": self.student.id}, "taken_off"),
            ({"student": self.classmate.id}, "not_ordered"),
            ({"student": mate.id}, "wrong_school"),
            ({"card": "DEADBEEF"}, "unknown_card"),
            ({"card": "77242CF0"}, "unknown_card"),  # of another municipality
            ({"verdict": "unknown_card"}, "unknown_card"),
            ({}, "guest"),
        ]
        answers = self._record(
            *(self._event(n, **case) for n, (case, _v) in enumerate(cases, 1))
        )
        self.assertEqual(
            [(answer["status"], answer["verdict"]) for answer in answers],
            [("created", verdict) for _case, verdict in cases],
        )

    def test_an_order_at_the_school_beats_the_school_of_the_student(self):
        school_class = self._new_class(self.second_school, 5, "А")
        self.student.write(
            {"school_id": self.second_school.id, "class_id": school_class.id}
        )
        self._order(self.student, school_id=self.school.id, class_id=self.class_5a.id)
        [answer] = self._record(self._event(student=self.student.id))
        self.assertEqual(answer["verdict"], "ok")

    def test_two_tablets_give_one_portion_out(self):
        order = self._order(self.student)
        other = self._tablet("Second tablet")
        [first] = self._record(self._event(student=self.student.id))
        [second] = self._record(self._event(student=self.student.id), device=other)
        self.assertEqual((first["verdict"], second["verdict"]), ("ok", "second"))
        events = self.env["meal.issue.event"].search([("order_id", "=", order.id)])
        self.assertEqual(len(events), 2)

    def test_second_portion_within_one_delivery(self):
        self._order(self.student)
        event = self._event(student=self.student.id)
        answers = self._record(
            event,
            {**event, "sequence": 2},
            {**event, "sequence": 3, "action": "undone", "undoes": 1},
            {**event, "sequence": 4, "action": "refused"},
        )
        self.assertEqual(
            [answer["verdict"] for answer in answers], ["ok", "ok", "ok", "second"]
        )
        self._assert_one_portion()

    def test_taken_back_and_given_again(self):
        self._order(self.student)
        given = self._event(student=self.student.id)
        for n in (1, 3, 5):
            [answer] = self._record({**given, "sequence": n})
            self.assertEqual(answer["verdict"], "ok")
            [answer] = self._record(
                {**given, "sequence": n + 1, "action": "undone", "undoes": n}
            )
            self.assertEqual(answer["status"], "created")
        self._record({**given, "sequence": 7})
        [again] = self._record({**given, "sequence": 8})
        self.assertEqual(again["verdict"], "second")
        self._assert_one_portion()

    def test_undo_names_what_it_takes_back(self):
        self._order(self.student)
        given = self._event(student=self.student.id)
        self._record(given)
        undo = {**given, "action": "undone", "undoes": 1}
        self._record({**undo, "sequence": 2})
        undone = self._school_events().filtered("undoes_id")
        self.assertEqual(undone.undoes_id.sequence, 1)
        self.assertEqual(undone.student_id, self.student)
        answers = self._record(
            {**undo, "sequence": 3},
            {**undo, "sequence": 4, "undoes": 99},
            {**undo, "sequence": 5, "undoes": None},
            self._event(6, student=self.classmate.id),
            self._event(7, action="undone", undoes=6, student=self.student.id),
        )
        self.assertEqual(
            [answer.get("error") for answer in answers],
            ["already_undone", "undoes", "undoes", None, "undoes"],
        )

    def test_undo_of_a_number_that_is_anothers_takes_nothing_back(self):
        self._card(self.student, "BCD14264")
        self._record(
            self._event(student=self.student.id),
            self._event(2),
            self._event(3, card="BCD14264"),
        )
        # a tablet that lost its memory: its numbers 1 and 2 are guests of its own
        answers = self._record(
            self._event(2, reason="staff"),
            self._event(7, action="undone", undoes=1),
            self._event(8, action="undone", undoes=2),
        )
        self.assertEqual(
            [answer.get("error") or answer["status"] for answer in answers],
            ["conflict", "undoes", "undoes"],
        )
        self.assertFalse(self._school_events().filtered("undoes_id"))
        answers = self._record(
            self._event(9, action="undone", undoes=2),
            self._event(10, action="undone", undoes=3, card="BCD14264"),
        )
        self.assertEqual(
            [answer["status"] for answer in answers], ["created", "created"]
        )

    def test_a_repeat_is_answered_and_another_content_is_not_taken(self):
        self._order(self.student)
        event = self._event(student=self.student.id)
        self._record(event)
        [answer] = self._record(event)
        self.assertEqual((answer["status"], answer["verdict"]), ("exists", "ok"))
        [answer] = self._record({**event, "offline": True})
        self.assertEqual(answer["status"], "exists")  # how, not what
        [answer] = self._record({**event, "student": self.classmate.id})
        self.assertEqual(answer["status"], "conflict")
        self.assertEqual(answer["student"], self.student.id)
        incident = self.env["meal.incident"].search([("kind", "=", "issue_conflict")])
        self.assertEqual(incident.school_id, self.school)
        self.assertEqual(len(self._school_events()), 1)

    def test_one_number_twice_in_one_delivery(self):
        self._order(self.student)
        event = self._event(student=self.student.id)
        answers = self._record(event, event, {**event, "student": self.classmate.id})
        self.assertEqual(
            [answer["status"] for answer in answers], ["created", "exists", "conflict"]
        )

    def test_a_bad_event_does_not_stop_the_others(self):
        self._order(self.student)
        good = self._event(student=self.student.id)
        bad = [
            None,
            [],
            {},
            {**good, "sequence": 2, "meal": "tea"},
            {**good, "sequence": 3, "student": 2**31 - 1},
            {**good, "sequence": 4, "student": self.stranger.id},
            {**good, "sequence": 5, "date": "2026-02-30"},
            {**good, "sequence": 6, "action": "eaten"},
            {**good, "sequence": 7, "source": {}},
            {**good, "sequence": 8, "card": "A\x00B"},
            {**good, "sequence": 9, "reason": "x" * 100},
            {**good, "sequence": 10, "occurred_at": "breakfast"},
            {**good, "sequence": True},
            {**good, "sequence": 12, "verdict": "fine"},
        ]
        answers = self._record(*bad, good)
        self.assertEqual({answer["status"] for answer in answers[:-1]}, {"rejected"})
        self.assertTrue(all(answer["message"] for answer in answers[:-1]))
        self.assertEqual(answers[-1]["status"], "created")

    def test_allergen_of_the_meal(self):
        nuts = self.env["school.allergen"].create({"name": "Test nuts", "code": "TN"})
        self.student.sudo().allergen_ids = nuts
        nut, cake = self.env["product.template"].create(
            [
                {"name": "Nut", "is_ingredient": True, "allergen_ids": nuts.ids},
                {"name": "Cake", "is_dish": True},
            ]
        )
        self.env["meal.recipe.line"].create(
            {
                "dish_id": cake.id,
                "ingredient_id": nut.id,
                "gross_g": 10,
                "net_g": 9,
            }
        )
        menu = self.env["meal.menu"].create(
            {
                "school_id": self.school.id,
                "date": MONDAY,
                "age_group_id": self.older.id,
                "line_ids": [
                    Command.create(
                        {"meal_type_id": self.breakfast.id, "dish_id": cake.id}
                    )
                ],
            }
        )
        for student in (self.student, self.classmate):
            self._order(student)
        event = self._event(student=self.student.id, action="refused")
        [answer] = self._record(event)
        self.assertEqual(answer["verdict"], "allergen")
        lunch = {**event, "sequence": 2, "meal": "lunch"}
        mate = {**event, "sequence": 3, "student": self.classmate.id}
        answers = self._record(lunch, mate)
        self.assertEqual(
            [answer["verdict"] for answer in answers], ["not_ordered", "ok"]
        )
        with self.subTest("a set with a menu of its own"):
            variant = self.env["meal.variant"].create(
                {"name": "No nuts", "company_id": self.city.id}
            )
            self.env["meal.order"].sudo().search(
                [("student_id", "=", self.student.id)]
            ).variant_id = variant
            [answer] = self._record({**event, "sequence": 4})
            self.assertEqual(answer["verdict"], "allergen")
            own = menu.copy({"variant_id": variant.id})
            own.line_ids.unlink()
            young = menu.copy({"variant_id": variant.id, "age_group_id": self.young.id})
            bread = self.env["product.template"].create(
                {"name": "Bread", "is_dish": True}
            )
            young.line_ids.dish_id = bread
            lines = {"menu_id": own.id, "dish_id": bread.id}
            self.env["meal.menu.line"].create({**lines, "meal_type_id": self.lunch.id})
            # no dishes of this meal, those of another age: it is the usual menu
            [answer] = self._record({**event, "sequence": 5})
            self.assertEqual(answer["verdict"], "allergen")
            mine = self.env["meal.menu.line"].create(
                {**lines, "meal_type_id": self.breakfast.id}
            )
            [answer] = self._record({**event, "sequence": 6})
            self.assertEqual(answer["verdict"], "ok")
            own.shift = "2" if self.class_5a.shift == "1" else "1"
            [answer] = self._record({**event, "sequence": 7})
            self.assertEqual(answer["verdict"], "allergen")
            own.shift = False
            mine.dish_id = cake
            [answer] = self._record({**event, "sequence": 8})
            self.assertEqual(answer["verdict"], "allergen")

    def test_a_wrong_clock_counts_as_the_servers(self):
        [answer] = self._record(self._event(occurred_at="2030-01-01T00:00:00Z"))
        event = self.env["meal.issue.event"].browse(answer["id"])
        self.assertEqual(event.occurred_at, NOW)

    def test_a_screen_of_a_person_has_its_own_numbers(self):
        self._order(self.student)
        event = self._event(student=self.student.id, source="typed")
        del event["sequence"]
        event["uuid"] = "0b9f"
        record = self.env["meal.issue.event"]._record
        user = self.env.user
        self.assertEqual(
            [record(self.school, [event], user=user)[0]["status"] for _n in range(2)],
            ["created", "exists"],
        )
        found = record(
            self.school,
            [{**event, "uuid": "0b9g", "action": "undone", "undoes": "0b9f"}],
            user=user,
        )
        self.assertEqual(found[0]["status"], "created")

    def test_events_are_for_ever(self):
        [answer] = self._record(self._event())
        event = self.env["meal.issue.event"].browse(answer["id"])
        for query in (
            "UPDATE meal_issue_event SET action = 'refused' WHERE id = %s",
            "DELETE FROM meal_issue_event WHERE id = %s",
            "TRUNCATE meal_issue_event CASCADE",
        ):
            with (
                mute_logger("odoo.sql_db"),
                self._refused(psycopg2.IntegrityError, "never changed"),
            ):
                self.env.cr.execute(query, [event.id] if "%s" in query else [])
        for call in (
            lambda: event.write({"action": "refused"}),
            event.unlink,
            lambda: event.create({}),
        ):
            with self._refused(UserError, "never entered"):
                call()
        self.assertEqual(event.action, "given")

    def test_the_database_refuses_a_portion_twice(self):
        self._order(self.student)
        self._record(self._event(student=self.student.id))
        with (
            mute_logger("odoo.sql_db"),
            self._refused(psycopg2.IntegrityError, "portion_once"),
        ):
            self.env.cr.execute(
                """
                INSERT INTO meal_issue_event (
                    event_key, payload_hash, school_id, company_id, date, order_id,
                    meal_type_id, action, verdict, source, undone_before, occurred_at,
                    received_at)
                SELECT 'other', 'x', school_id, company_id, date, order_id,
                       meal_type_id, action, verdict, source, undone_before,
                       occurred_at, received_at
                  FROM meal_issue_event WHERE device_id = %s
                """,
                [self.tablet.id],
            )

    def test_two_thousand_events_are_one_delivery(self):
        students = self.env["school.student"].create(
            [
                {
                    "last_name": "Many",
                    "first_name": "Child",
                    "school_id": self.school.id,
                    "class_id": self.class_5a.id,
                }
                for _n in range(40)
            ]
        )
        for student in students:
            self._order(student)
        answers = self._record(
            *(
                self._event(n + 1, student=students[n % 40].id, verdict="ok")
                for n in range(2_000)
            )
        )
        verdicts = [answer["verdict"] for answer in answers]
        self.assertEqual(verdicts.count("ok"), 40)
        self.assertEqual(verdicts.count("second"), 1_960)
        self._assert_one_portion()
