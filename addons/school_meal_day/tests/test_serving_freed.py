import json
import logging
from datetime import date, datetime

from freezegun import freeze_time

from odoo.tests import HttpCase, tagged

from .closing_common import ClosingCase
from .common import MONDAY
from .issue_common import IssueCase
from .order_common import LATE

NOW = datetime(2026, 11, 16, 7, 0)
HATCH_LOGGER = "odoo.addons.school_meal_day.models.meal_order_hatch"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestServingFreed(IssueCase, HttpCase):
    """`student` of 5А does not come: their breakfast is free."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.payer = cls._new_student(cls.class_5a, "Agapov", "Anton")
        cls.env["school.enrolment"].search(
            [("company_id", "in", (cls.city + cls.other_city).ids)]
        ).write({"date_from": date(2026, 9, 1)})
        cls.token = cls.tablet._issue_token()
        cls.second_tablet = cls._tablet("Second")
        cls.second_token = cls.second_tablet._issue_token()
        cls.freed = cls._order(cls.student, state="freed")

    def _call(self, path, payload, token=None):
        self.env.flush_all()
        answer = self.url_open(
            f"/school_meal/v1/serve/{path}",
            data=json.dumps(payload),
            headers={
                "Authorization": f"Device {token or self.token}",
                "Content-Type": "application/json",
            },
        ).json()
        self.env.invalidate_all()
        return answer

    def _hand(self, student, sequence=1, token=None, **vals):
        """Deliver a freed portion given out; return the answer."""
        event = self._event(
            sequence,
            student=student.id,
            verdict="not_ordered",
            reason="freed",
            **vals,
        )
        return self._call("events", [event], token)["events"][0]

    def _offers(self):
        return self._call("day", {"parts": ["orders"]})["orders"]["offers"]

    def _order_of(self, student, meal=None):
        return self.env["meal.order"].search(
            [
                ("student_id", "=", student.id),
                ("date", "=", MONDAY),
                ("meal_type_id", "=", (meal or self.breakfast).id),
            ]
        )

    def _events_of(self, student):
        return self._school_events().filtered(lambda event: event.student_id == student)

    def test_the_tablet_is_told_what_is_free_and_for_whom(self):
        self._order(self.sibling)
        offer = [self.breakfast.id, 1, sorted((self.classmate + self.payer).ids)]
        self.assertEqual(self._offers(), [offer])
        self.freed.sudo().write({"state": "written_off"})
        self.assertEqual(self._offers(), [])

    def test_it_is_passed_on_when_the_event_arrives(self):
        answer = self._hand(self.payer)
        self.assertEqual((answer["status"], answer["verdict"]), ("created", "ok"))
        order = self._order_of(self.payer)
        self.assertEqual(self.freed.state, "passed_on")
        self.assertEqual((order.state, order.passed_from_id), ("cooked", self.freed))
        event = self._events_of(self.payer)
        self.assertEqual(event.order_id, order)
        self.assertEqual(event.claimed_verdict, "not_ordered")
        self.assertEqual(event.reason, "freed")
        self.assertEqual(self._offers(), [])

    def test_a_repeat_passes_nothing_on_again(self):
        self._hand(self.payer)
        self._order(self.classmate, state="freed")
        self.assertEqual(self._hand(self.payer)["status"], "exists")
        self.assertEqual(self._hand(self.payer, source="search")["status"], "conflict")
        self.assertEqual(self._order_of(self.classmate).state, "freed")
        self.assertEqual(len(self._events_of(self.payer)), 1)

    def test_the_last_portion_given_out_twice_is_recorded_twice(self):
        self._hand(self.payer)
        answer = self._hand(self.classmate, token=self.second_token)
        self.assertEqual(
            (answer["status"], answer["verdict"]), ("created", "not_ordered")
        )
        self.assertFalse(self._order_of(self.classmate))
        event = self._events_of(self.classmate)
        self.assertEqual((event.reason, event.order_id.id), ("freed", False))
        # a portion that is freed afterwards is not the one of the repeated event
        mate = self._new_student(self.class_5a, "Belov", "Boris")
        later = self._order(mate, state="freed")
        answer = self._hand(self.classmate, token=self.second_token)
        self.assertEqual(answer["status"], "exists")
        self.assertEqual(later.state, "freed")

    def test_two_tablets_give_it_to_one_child(self):
        self._order(self.classmate, state="freed")
        self._hand(self.payer)
        answer = self._hand(self.payer, token=self.second_token)
        self.assertEqual(answer["verdict"], "second")
        self.assertEqual(self._order_of(self.classmate).state, "freed")

    def test_not_to_a_child_with_an_allergen_of_it(self):
        self._serve_nuts(self.payer, meal=self.breakfast)
        self.assertEqual(self._offers(), [[self.breakfast.id, 1, self.classmate.ids]])
        self.assertEqual(self._hand(self.payer)["verdict"], "allergen")
        self.assertEqual(self.freed.state, "freed")
        self.assertFalse(self._order_of(self.payer))

    def test_not_where_no_menu_tells_or_a_diet_is_kept(self):
        nuts = self.env["school.allergen"].create({"name": "Nuts", "code": "nn"})
        self.payer.allergen_ids = nuts
        self.classmate.medical_diet = "No sugar"
        self.assertEqual(self._offers(), [])
        for n, student in enumerate(self.payer + self.classmate):
            self.assertEqual(self._hand(student, n + 1)["verdict"], "not_ordered")
        self.assertEqual(self.freed.state, "freed")

    def test_not_to_another_age(self):
        self.assertNotIn(self.sibling.id, self._offers()[0][2])
        self.assertEqual(self._hand(self.sibling)["verdict"], "not_ordered")
        self.assertEqual(self.freed.state, "freed")

    def test_the_age_it_was_cooked_for_counts(self):
        self.freed.sudo().write({"state": "passed_on"})
        order = self._order(self.sibling, passed_from_id=self.freed.id, state="freed")
        self.assertEqual(order.age_group_id, self.young)
        self.assertEqual(
            self._offers(),
            [[self.breakfast.id, 1, sorted((self.classmate + self.payer).ids)]],
        )

    def test_only_of_the_usual_set(self):
        variant = self.env["meal.variant"].create(
            {"name": "Set 2", "company_id": self.city.id}
        )
        self.freed.sudo().write({"variant_id": variant.id})
        self.assertEqual(self._offers(), [])
        self.assertEqual(self._hand(self.payer)["verdict"], "not_ordered")

    def test_not_what_its_own_student_has_collected(self):
        self._record(self._event(9, student=self.student.id))
        self.assertEqual(self._offers(), [])
        self.assertEqual(self._hand(self.payer)["verdict"], "not_ordered")
        self.assertEqual(self.freed.state, "freed")

    def test_not_to_whom_the_family_declined(self):
        self.env["meal.choice"].create(
            {
                "student_id": self.payer.id,
                "mode": "decline",
                "meal_type_id": self.breakfast.id,
                "date_from": date(2026, 9, 1),
            }
        )
        self.assertEqual(self._offers()[0][2], self.classmate.ids)
        self.assertEqual(self._hand(self.payer)["verdict"], "not_ordered")

    def test_taken_back_it_is_free_again(self):
        self._hand(self.payer)
        order = self._order_of(self.payer)
        undo = self._event(
            2, student=self.payer.id, action="undone", undoes=1, verdict="not_ordered"
        )
        for _repeat in range(2):
            self._call("events", [undo])
            self.assertEqual(order.state, "freed")
            self.assertEqual(
                self._offers(), [[self.breakfast.id, 1, self.classmate.ids]]
            )
        self.assertEqual(
            self._hand(self.classmate, token=self.second_token)["verdict"], "ok"
        )
        self._call("events", [undo])
        self.assertEqual(order.state, "passed_on")

    def test_given_taken_back_and_given_in_one_delivery(self):
        handed = {"student": self.payer.id, "reason": "freed"}
        answers = self._call(
            "events",
            [
                self._event(1, **handed),
                self._event(2, student=self.payer.id, action="undone", undoes=1),
                self._event(3, **handed),
            ],
        )["events"]
        self.assertEqual({answer["status"] for answer in answers}, {"created"})
        self.assertEqual(answers[2]["verdict"], "ok")
        self.assertEqual(self._order_of(self.payer).state, "cooked")

    def test_an_event_taken_back_in_its_own_delivery_takes_nothing(self):
        self._call(
            "events",
            [
                self._event(1, student=self.payer.id, reason="freed"),
                self._event(2, student=self.payer.id, action="undone", undoes=1),
            ],
        )
        self.assertEqual(len(self._events_of(self.payer)), 2)
        self.assertEqual(self.freed.state, "freed")

    def test_nonsense_passes_nothing_on(self):
        answers = self._call(
            "events",
            [
                7,
                self._event(1, student=self.stranger.id, reason="freed"),
                self._event(2, student=self.payer.id, meal="tea", reason="freed"),
                self._event(3, reason="freed", verdict="guest"),
                self._event(4, student=self.payer.id, reason="freed", action="refused"),
            ],
        )["events"]
        self.assertEqual(
            [answer["status"] for answer in answers],
            ["rejected", "rejected", "rejected", "created", "created"],
        )
        self.assertEqual(self.freed.state, "freed")


@tagged("post_install", "-at_install")
class TestServingFreedClosing(ClosingCase):
    def _hand(self, order, receiver):
        """Free an order and hand it over as a tablet does; return the new order."""
        self._at(LATE)
        order._take_off("changed_mind")
        handed = self.order_model._hand_over(
            self.school, MONDAY, order.meal_type_id, receiver
        )
        self._give(receiver, order.meal_type_id, reason="freed")
        return handed

    def test_a_paying_child_pays_for_a_portion_handed_over(self):
        payer = self._new_student(self.class_5a, "Agapov", "Anton")
        payer.enrolment_ids.write({"date_from": date(2026, 9, 1)})
        self._give(self.classmate)
        self._give(self.sibling, self.breakfast)
        self.assertTrue(self._hand(self.lunches[0], payer))
        self.assertFalse(self._find())
        self._close()
        self.assertEqual(self._balance(payer), -12650)
        self.assertEqual(self._balance(self.student), 0)
        self.assertEqual(self._lines(payer).outcome, "issued")
        self.assertEqual(self._lines(self.student).outcome, "passed_on")

    def test_a_budget_pays_for_a_child_that_eats_free(self):
        for order in self.lunches:
            self._give(order.student_id)
        self._at(LATE)
        self.school._close_ordering(MONDAY)  # who comes later has no order
        mate = self._new_student(self.class_1b, "Malov", "Maxim")
        mate.enrolment_ids.write({"date_from": date(2026, 9, 1)})
        self.assertTrue(self._hand(self.free, mate).is_entitled)
        self.assertFalse(self._find())
        self._close()
        self.assertEqual(self._balance(mate), 0)
        line = self._lines(mate, self.breakfast)
        self.assertEqual(
            sorted(line.part_ids.source_id.mapped("code")), ["region", "town"]
        )

    def test_a_closed_day_hands_nothing_over(self):
        self._at(LATE)
        self.lunches[0]._take_off("changed_mind")
        self._give(self.classmate)
        self._give(self.sibling, self.breakfast)
        self._find()[("freed", self.student)].sudo().write({"outcome": "write_off"})
        self._close()
        payer = self._new_student(self.class_5a, "Agapov", "Anton")
        payer.enrolment_ids.write({"date_from": date(2026, 9, 1)})
        orders = self.order_model._hand_over(self.school, MONDAY, self.lunch, payer)
        self.assertFalse(orders)

    def test_a_refusal_leaves_the_portion_free(self):
        payer = self._new_student(self.class_5a, "Agapov", "Anton")
        payer.enrolment_ids.write({"date_from": date(2026, 9, 1)})
        self._at(LATE)
        self.lunches[0]._take_off("changed_mind")
        # somebody closes the day while the portion goes over the counter
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE meal_day SET state = 'closed' WHERE id = %s", [self.day.id]
        )
        self.env.invalidate_all()
        # the name "INFO" is another level in Odoo
        with self.assertLogs(HATCH_LOGGER, logging.INFO) as log:
            orders = self.order_model._hand_over(
                self.school, MONDAY, self.lunch, payer, event_key="d1:7"
            )
        self.assertFalse(orders)
        self.assertEqual(self.lunches[0].state, "freed")
        [line] = log.output
        self.assertIn(
            f"order {self.lunches[0].id} is not passed on by event d1:7", line
        )
