from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .order_common import LATE, MONDAY, MORNING, TUESDAY
from .screen_common import ScreenCase

FRIDAY_BEFORE = MONDAY - timedelta(days=3)


@tagged("post_install", "-at_install")
class TestClassScreenCommands(ScreenCase):
    def test_meals_are_ordered_and_taken_off(self):
        on = self._command("order", self.student, self.lunch)
        self.assertEqual(self._statuses(on), ["done"])
        order = self._orders(self.student)
        self.assertEqual((order.state, order.origin), ("ordered", "teacher"))
        self.assertEqual(order.change_ids.user_id, self.teacher)
        off = self._command(
            "order", self.student, self.lunch, value=False, seen="ordered"
        )
        self.assertEqual(self._statuses(off), ["done"])
        self.assertEqual(order.state, "cancelled")

    def test_the_operator_leaves_the_own_name(self):
        self._run(self._command("order", self.student, self.lunch), role="operator")
        self.assertEqual(self._orders(self.student).origin, "operator")

    def test_a_repeat_changes_nothing(self):
        on = self._command("order", self.student, self.lunch)
        self.assertEqual(self._statuses(on), ["done"])
        self._orders(self.student)._take_off("changed_mind")
        self.assertEqual(self._statuses(on), ["done"])
        self.assertEqual(self._orders(self.student).state, "cancelled")
        self.assertEqual(self._statuses(on, on), ["done", "done"])

    def test_a_refusal_is_repeated_too(self):
        self._report(self.student)
        on = self._command("order", self.student, self.lunch)
        first = self._run(on)
        self.assertEqual(first[0][0], "refused")
        self.assertIn("reported absent", first[0][1])
        self.assertEqual(self._run(on), first)

    def test_what_others_have_changed_is_left_and_told(self):
        order = self._order(self.student, origin="parent")
        order._take_off("changed_mind")
        on = self._command("order", self.student, self.lunch, seen="")
        self.assertEqual(self._statuses(on), ["conflict"])
        self.assertEqual(order.state, "cancelled")
        insist = self._command("order", self.student, self.lunch, seen="cancelled")
        self.assertEqual(self._statuses(insist), ["done"])
        self.assertEqual(order.state, "ordered")

    def test_the_cut_off_is_no_change_by_others(self):
        order = self._order(self.student)
        self._at(LATE)
        self.school._close_ordering(MONDAY)
        self.assertEqual(order.state, "cooked")
        off = self._command(
            "order", self.student, self.lunch, value=False, seen="ordered"
        )
        self.assertEqual(self._statuses(off), ["done"])
        self.assertEqual(order.state, "freed")
        self.assertTrue(order.change_ids[-1].is_late)

    def test_a_teacher_orders_nothing_after_the_cut_off(self):
        self._at(LATE)
        on = self._command("order", self.student, self.lunch)
        self.assertEqual(self._statuses(on), ["refused"])
        self.assertFalse(self._orders(self.student))
        later = self._command("order", self.student, self.lunch)
        self.assertEqual(self._statuses(later, role="operator"), ["done"])
        self.assertEqual(self._history(self._orders(self.student))[0][3], True)

    def test_a_portion_that_was_eaten_stays(self):
        order = self._order(self.student)
        self._run(self._command("served", self.student, self.lunch))
        off = self._command(
            "order", self.student, self.lunch, value=False, seen="ordered"
        )
        self.assertEqual(self._statuses(off), ["refused"])
        self.assertEqual(order.state, "ordered")

    def test_presence_takes_portions_off_and_brings_them_back(self):
        order = self._order(self.student)
        absent = self._command("presence", self.student, value="illness")
        self.assertEqual(self._statuses(absent), ["done"])
        self.assertEqual(order.state, "cancelled")
        self.assertEqual(self._cell(self.student)["absent"], "illness")
        absence = self._absences(self.student)
        self.assertEqual((absence.source, absence.user_id), ("teacher", self.teacher))
        here = self._command("presence", self.student, value="", seen="illness")
        self.assertEqual(self._statuses(here), ["done"])
        self.assertEqual(order.state, "ordered")
        self.assertFalse(self._cell(self.student)["absent"])

    def test_one_day_of_a_longer_absence_keeps_the_others(self):
        self._report(self.student, FRIDAY_BEFORE, TUESDAY)
        here = self._command("presence", self.student, value="", seen="illness")
        self.assertEqual(self._statuses(here), ["done"])
        absent = self.env["meal.absence"]._absent_ids
        for day in (FRIDAY_BEFORE, TUESDAY):
            self.assertEqual(absent(self.school, day), {self.student.id})
        self.assertFalse(absent(self.school, MONDAY))
        kept = self._absences(self.student)
        self.assertEqual(set(kept.mapped("source")), {"parent"})

    def test_another_reason_replaces_the_first(self):
        self._report(self.student, reason="unknown", source="teacher")
        change = self._command("presence", self.student, value="family", seen="unknown")
        self.assertEqual(self._statuses(change), ["done"])
        self.assertEqual(self._cell(self.student)["absent"], "family")

    def test_a_parent_was_faster(self):
        self._report(self.student, reason="illness")
        absent = self._command("presence", self.student, value="unknown", seen="")
        self.assertEqual(self._statuses(absent), ["conflict"])
        self.assertEqual(self._cell(self.student)["absent"], "illness")

    def test_the_class_is_confirmed(self):
        self._report(self.classmate)
        self.assertEqual(self._statuses(self._command("confirm")), ["done"])
        confirmed = self._screen()["days"][0]["confirmed"]
        self.assertEqual(confirmed, {"at": "7:00", "by": self.teacher.name})
        self.assertEqual(
            self.school._get_presence(MONDAY),
            {self.student.id: "present", self.classmate.id: "absent"},
        )
        early = self._command("confirm", day=TUESDAY)
        self.assertEqual(self._statuses(early), ["refused"])

    def test_only_the_days_of_the_screen_are_changed(self):
        for day in (FRIDAY_BEFORE, TUESDAY + timedelta(days=1)):
            on = self._command("order", self.student, self.lunch, day=day)
            self.assertEqual(self._statuses(on), ["refused"])
            self.assertFalse(self._orders(self.student, day))

    def test_a_closed_day_is_not_changed(self):
        self._order(self.student)
        day = self.env["meal.day"].sudo()._get_or_make(self.school, MONDAY)
        day.state = "closed"
        off = self._command(
            "order", self.student, self.lunch, value=False, seen="ordered"
        )
        self.assertEqual(self._statuses(off), ["refused"])
        self.assertEqual(self._orders(self.student).state, "ordered")
        self.assertTrue(self._screen()["days"][0]["is_closed"])

    def test_nonsense_is_refused_and_the_rest_goes_on(self):
        good = self._command("order", self.student, self.lunch)
        bad = [None, 5, {}, {**good, "uuid": "x"}, {**good, "date": "16.11.2026"}]
        bad += [{**good, "student": "1"}, {**good, "value": "yes"}]
        statuses = self._statuses(*bad, good)
        self.assertEqual(statuses, ["refused"] * len(bad) + ["done"])

    def test_too_much_at_once_is_refused(self):
        with self._refused(UserError, "Too many changes"):
            self._run(*[self._command("confirm")] * 601)
        with self._refused(UserError, "nothing to save"):
            model = self._as("teacher", self.env["meal.class.screen"])
            model._run(self.class_5a, "all")
        self.assertFalse(self.env["meal.attendance"].search_count([]))

    def test_a_whole_class_costs_no_more_than_a_child(self):
        students = self.student + self.classmate
        for number in range(20):
            students += self._new_student(self.class_5a, "Ivanov", "I" + "v" * number)
        self._run(self._command("order", students[0], self.lunch, day=TUESDAY))
        counts = []
        for several in (students[:1], students[1:]):
            before = self.env.cr.sql_log_count
            orders = [self._command("order", one, self.breakfast) for one in several]
            self.assertEqual(set(self._statuses(*orders)), {"done"})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)

    def test_old_commands_are_forgotten(self):
        self._run(self._command("confirm"))
        store = self.env["meal.class.command"]
        mine = [("user_id", "=", self.teacher.id)]
        store._gc_commands()
        self.assertTrue(store.search(mine))
        store.search(mine).at = MORNING - timedelta(days=61)
        store._gc_commands()
        self.assertFalse(store.search(mine))


@tagged("post_install", "-at_install")
class TestClassScreenAllergens(ScreenCase):
    """Which meal is not ordered is shown to all, because of what to some."""

    def setUp(self):
        super().setUp()
        self._choose(self.student)
        self._choose(self.classmate)
        self._serve_nuts(self.student)
        self._generate()

    def _refusal(self, role):
        order = self._command("order", self.student, self.lunch, seen="cancelled")
        [(status, message)] = self._run(order, role=role)
        self.assertEqual(status, "refused")
        self.assertEqual(self._orders(self.student).state, "cancelled")
        return message

    def test_a_withheld_meal_is_marked(self):
        self.assertEqual(self._cell(self.student)["withheld"], {self.lunch.id: True})
        self.assertEqual(self._cell(self.classmate)["withheld"], {})
        self.assertNotIn("nuts", str(self._screen()))
        self.student.allergen_ids = False
        self._generate()
        self.assertEqual(self._cell(self.student)["withheld"], {})

    def test_the_refusal_names_the_allergen_to_who_may_know(self):
        message = self._refusal("teacher")
        self.assertIn("does not suit", message)
        self.assertNotIn("nuts", message)
        self.teacher.group_ids += self.env.ref("school_meal_base.group_sensitive_data")
        self.assertIn("Test nuts", self._refusal("teacher"))


@tagged("post_install", "-at_install")
class TestTray(ScreenCase):
    def test_served_portions_are_issue_events(self):
        order = self._order(self.student)
        served = self._command("served", self.student, self.lunch)
        served["at"] = "2026-11-16T03:30:00Z"
        self.assertEqual(self._statuses(served), ["done"])
        event = self._given(self.student)
        self.assertEqual(event.event_key, f"u{served['uuid']}")
        self.assertEqual(
            (event.source, event.verdict, event.order_id, event.user_id),
            ("tray", "ok", order, self.teacher),
        )
        self.assertEqual(str(event.occurred_at), "2026-11-16 03:30:00")
        self.assertEqual(self._cell(self.student)["served"], {self.lunch.id: True})

    def test_once_however_often_it_is_sent(self):
        self._order(self.student)
        served = self._command("served", self.student, self.lunch)
        self._run(served)
        self._run(served)
        another = self._command("served", self.student, self.lunch)
        self.assertEqual(self._statuses(another), ["same"])
        self.assertEqual(len(self._given(self.student)), 1)

    def test_a_mistake_is_taken_back_and_given_again(self):
        self._order(self.student)
        self._run(self._command("served", self.student, self.lunch))
        back = self._command("served", self.student, self.lunch, value=False, seen=True)
        self.assertEqual(self._statuses(back), ["done"])
        self.assertFalse(self._given(self.student))
        again = self._command("served", self.student, self.lunch)
        self.assertEqual(self._statuses(again), ["done"])
        self.assertEqual(self._given(self.student).verdict, "ok")

    def test_a_portion_without_an_order_is_recorded_as_one(self):
        served = self._command("served", self.student, self.lunch)
        self.assertEqual(self._statuses(served), ["done"])
        self.assertEqual(self._given(self.student).verdict, "not_ordered")

    def test_a_portion_given_by_card_is_undone_at_the_tablet(self):
        self._order(self.student)
        tablet = self.env["school.device"].create(
            {"name": "T", "kind": "serving", "school_id": self.school.id}
        )
        event = {
            "sequence": 1,
            "date": str(MONDAY),
            "meal": "lunch",
            "action": "given",
            "source": "tap",
            "student": self.student.id,
        }
        self.env["meal.issue.event"]._record(self.school, [event], device=tablet)
        self.assertEqual(self._cell(self.student)["tapped"], {self.lunch.id: True})
        back = self._command("served", self.student, self.lunch, value=False, seen=True)
        self.assertEqual(self._statuses(back), ["refused"])
        self.assertTrue(self._given(self.student))

    def test_a_portion_with_an_allergen_is_given_for_a_reason_only(self):
        self._order(self.student + self.classmate)
        self._serve_nuts(self.student)
        self.assertEqual(self._cell(self.student)["stops"], {self.lunch.id: True})
        self.assertEqual(self._cell(self.classmate)["stops"], {})
        self.assertNotIn("nuts", str(self._screen()))
        both = [
            self._command("served", student, self.lunch)
            for student in (self.student, self.classmate)
        ]
        (status, message), mate = self._run(*both)
        self.assertEqual((status, mate[0]), ("refused", "done"))
        self.assertIn("STOP", message)
        self.assertNotIn("nuts", message)
        self.assertTrue(self._given(self.classmate))
        self.assertFalse(self._given(self.student))
        bad = self._command("served", self.student, self.lunch, reason="surplus")
        self.assertEqual(self._statuses(bad), ["refused"])
        self.assertFalse(self._given(self.student))
        good = self._command("served", self.student, self.lunch, reason="other_dish")
        self.assertEqual(self._statuses(good), ["done"])
        event = self._given(self.student)
        self.assertEqual((event.verdict, event.reason), ("allergen", "other_dish"))
        back = self._command("served", self.student, self.lunch, value=False, seen=True)
        self.assertEqual(self._statuses(back), ["done"])

    def test_a_phone_that_was_offline_is_taken_over_days_later(self):
        self._order(self.student)
        self._at(LATE + timedelta(days=2))
        served = self._command("served", self.student, self.lunch)
        self.assertEqual(self._statuses(served), ["done"])
        self.assertEqual(self._given(self.student).date, MONDAY)
        ahead = self._command(
            "served", self.student, self.lunch, day=MONDAY + timedelta(days=3)
        )
        self.assertEqual(self._statuses(ahead), ["refused"])
        self._at(LATE + timedelta(days=9))
        late = self._command("served", self.classmate, self.lunch)
        self.assertEqual(self._statuses(late), ["refused"])
