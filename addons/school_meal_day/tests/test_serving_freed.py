import json
import logging
from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

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
        order = self._pass_by_hand(self._new_young("Malov"))
        order._take_off("changed_mind")
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
            self.assertEqual((self.freed.state, order.state), ("freed", "cancelled"))
            self.assertFalse(order.passed_from_id)
            self.assertFalse(order.cooked_age_group_id)
            self.assertEqual(len(order.change_ids), 2)
            self.assertEqual(
                self._offers(),
                [[self.breakfast.id, 1, sorted((self.classmate + self.payer).ids)]],
            )
        self.assertEqual(self.freed.change_ids[-1].from_state, "passed_on")
        self.assertEqual(
            self._hand(self.classmate, token=self.second_token)["verdict"], "ok"
        )
        self._call("events", [undo])
        self.assertEqual(self.freed.state, "passed_on")
        self.assertEqual(self._order_of(self.classmate).state, "cooked")

    def _hand_and_undo(self, student):
        self._hand(student)
        undo = self._event(2, student=student.id, action="undone", undoes=1)
        self._call("events", [undo])
        return undo

    def test_taken_back_it_can_go_to_the_same_child(self):
        undo = self._hand_and_undo(self.payer)
        self.assertEqual(self._hand(self.payer, 3)["verdict"], "ok")
        order = self._order_of(self.payer)
        self.assertEqual((order.state, order.passed_from_id), ("cooked", self.freed))
        self._call("events", [undo])
        self.assertEqual((self.freed.state, order.state), ("passed_on", "cooked"))

    def test_the_same_taking_back_takes_nothing_later(self):
        undo = self._hand_and_undo(self.payer)
        with freeze_time(NOW + timedelta(minutes=5)):
            order = self._pass_by_hand(self.payer)
            self._call("events", [undo])
            self.assertEqual(order.state, "cooked")
            order._set_state("cooked", "entered")
        self._call("events", [undo])
        self.assertEqual(order.state, "cooked")

    def test_taken_back_while_its_first_student_has_another(self):
        self._hand(self.payer)
        self._order(self.classmate, state="freed")._pass_on(self.student)
        undo = self._event(2, student=self.payer.id, action="undone", undoes=1)
        self._call("events", [undo])
        self.assertEqual(self._order_of(self.payer).state, "freed")
        self.assertEqual(self.freed.state, "cooked")

    def test_one_that_cannot_go_does_not_keep_others(self):
        self._pass_by_hand(self.payer)
        self.freed._set_state("cooked", "entered")
        self.freed._take_off("changed_mind")
        other = self._order(self.classmate, state="freed")
        late = self._new_late(self.class_5a, "Late")
        self.assertEqual(self._offers(), [[self.breakfast.id, 1, late.ids]])
        self.assertEqual(self._hand(late)["verdict"], "ok")
        self.assertEqual(self._order_of(late).passed_from_id, other)

    def _new_late(self, school_class, name):
        """Return a student who comes after the cut-off and has no order."""
        self.school._close_ordering(MONDAY)
        student = self._new_student(school_class, name, "Leo")
        student.enrolment_ids.write({"date_from": date(2026, 9, 1)})
        return student

    def _new_young(self, name):
        return self._new_late(self.class_1b, name)

    def _pass_by_hand(self, student):
        return self.freed._pass_on(student, note="The usual portion is fine")

    # === ERRORS OF THE DATABASE === #

    def _break_once(self, code):
        """Let the next change of an order fail in the database."""
        # a sequence counts beyond a rollback
        self.env.cr.execute(
            """
            CREATE SEQUENCE broken;
            CREATE FUNCTION break_once() RETURNS trigger AS $$
            BEGIN
                IF nextval('broken') = 1 THEN
                    RAISE EXCEPTION 'broken' USING ERRCODE = TG_ARGV[0];
                END IF;
                RETURN NEW;
            END $$ LANGUAGE plpgsql;
            CREATE TRIGGER break_once BEFORE UPDATE ON meal_order
            FOR EACH ROW EXECUTE FUNCTION break_once(%s)
            """,
            [code],
        )

    def test_two_tablets_at_once_are_repeated_with_what_they_sent(self):
        self._break_once("40001")
        with mute_logger("odoo.sql_db"):
            self.assertEqual(self._hand(self.payer)["verdict"], "ok")
        self.assertEqual(self._order_of(self.payer).passed_from_id, self.freed)

    def test_another_error_of_the_database_loses_no_event(self):
        self._break_once("57014")
        logger = "odoo.addons.school_meal_day.models.meal_serving_freed"
        with mute_logger("odoo.sql_db", logger):
            answer = self._hand(self.payer)
        self.assertEqual(
            (answer["status"], answer["verdict"]), ("created", "not_ordered")
        )
        self.assertEqual(self.freed.state, "freed")

    # === THE AGE IT WAS COOKED FOR === #

    def test_a_portion_of_the_other_age_keeps_its_allergens(self):
        young = self._new_young("Malov")
        self._serve_nuts(young, meal=self.breakfast)
        order = self._pass_by_hand(young)
        self.assertEqual(order.cooked_age_group_id, self.older)
        stop = [young.id, self.breakfast.id, young.allergen_ids.ids]
        self.assertIn(stop, self._call("day", {"parts": ["orders"]})["orders"]["stops"])
        [answer] = self._record(self._event(9, student=young.id))
        self.assertEqual(answer["verdict"], "allergen")
        self.assertEqual(order.health_check, "allergen")

    def test_an_allergen_of_the_other_age_after_two_hands(self):
        order = self._pass_by_hand(self._new_young("Malov"))
        order._take_off("changed_mind")
        mate = self._new_young("Belov")
        self._serve_nuts(mate, meal=self.breakfast)
        order = order._pass_on(mate, note="The nuts are taken out")
        self.assertEqual(order.cooked_age_group_id, self.older)
        self.assertEqual(order.health_check, "allergen")

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

    # === AFTER CLOSING === #

    def _free_after_closing(self, *orders):
        """Close the day with freed portions charged to the parents; then one given out
        to somebody new becomes known. Return the draft of its correction."""
        self._at(LATE)
        for order in self.lunches + self.free - sum(orders, self.free.browse()):
            self._give(order.student_id, order.meal_type_id)
        for order in orders:
            order._take_off("changed_mind")
        for exception in self._find().values():
            exception._decide("charge_parent")
        self._close()
        newcomer = self._new_student(self.class_5a, "Agapov", "Anton")
        newcomer.enrolment_ids.write({"date_from": "2026-09-01"})
        self._give(newcomer, reason="freed")
        late = self.day.exception_ids.filtered(lambda each: each.kind == "late_event")
        return self.env["meal.correction"].browse(late.action_correct()["res_id"])

    def test_a_freed_portion_given_out_is_not_paid_for_twice(self):
        draft = self._free_after_closing(self.lunches[0])
        self.assertEqual(self._balance(self.student), -12650)
        self.assertEqual(
            {(each.student_id.last_name, each.outcome) for each in draft.line_ids},
            {("Agapov", "issued"), (self.student.last_name, "not_claimed")},
        )
        self.assertIn(self.student.display_name, draft.message_ids[0].body)
        self.assertNotIn(self.student.last_name, draft.reason)  # parents read it
        draft.action_book()
        self._commit_checks()
        self.assertEqual(self._balance(self.student), 0)
        self.assertEqual(self._supplier(), 12650 * 2 + 8530)

    def test_of_several_freed_portions_a_person_chooses(self):
        draft = self._free_after_closing(*self.lunches)
        self.assertEqual(draft.line_ids.mapped("outcome"), ["issued"])
        for student in self.student + self.classmate:
            self.assertIn(student.display_name, draft.message_ids[0].body)

    def test_a_late_event_does_not_take_what_was_passed_on(self):
        receiver = self._new_student(self.class_5a, "Agapov", "Anton")
        receiver.enrolment_ids.write({"date_from": "2026-09-01"})
        self._at(LATE)
        self.lunches[0]._take_off("changed_mind")
        self.lunches[0]._pass_on(receiver)
        for student in receiver + self.classmate:
            self._give(student)
        self._give(self.sibling, self.breakfast)
        self._find()
        self._close()
        self._give(self.student)
        late = self.day.exception_ids.filtered(lambda each: each.kind == "late_event")
        draft = self.env["meal.correction"].browse(late.action_correct()["res_id"])
        self.assertFalse(draft.line_ids.day_line_id)
        draft.action_book()
        self.assertEqual(
            self._lines(self.student).mapped("outcome"), ["passed_on", "issued"]
        )
