from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .order_common import LATE, MONDAY, MORNING, TUESDAY
from .parent_common import SATURDAY, WEDNESDAY, ParentCase


@tagged("post_install", "-at_install")
class TestParentOrders(ParentCase):
    def test_a_meal_is_ordered_and_taken_off(self):
        self.assertEqual(self._change(True, MONDAY, TUESDAY), ["done", "done"])
        order = self._orders(self.student)
        self.assertEqual((order.state, order.origin), ("ordered", "parent"))
        self.assertEqual(order.change_ids.user_id, self.mother_user)
        self.assertEqual(self._change(True), ["same"])
        self.assertEqual(self._change(False), ["done"])
        self.assertEqual(order.state, "cancelled")
        self.assertEqual(self._change(False), ["same"])

    def test_a_period_leaves_days_off_out(self):
        answers = self._api()._change_meal(
            self.student.id,
            self.lunch.id,
            True,
            date_from=str(MONDAY),
            date_to=str(SATURDAY + timedelta(days=1)),
        )
        self.assertEqual(len(answers), 5)
        self.assertEqual({answer["status"] for answer in answers}, {"done"})

    def test_after_the_cut_off_nothing_changes(self):
        self._change(True)
        self._at(LATE)
        answers = self._api()._change_meal(
            self.student.id, self.lunch.id, False, [str(MONDAY), str(TUESDAY)]
        )
        self.assertEqual([a["status"] for a in answers], ["refused", "same"])
        self.assertIn("until 9:00", answers[0]["message"])
        self.assertIn(self._state(), ("ordered", "cooked"))
        self.assertEqual(self._change(True, meal=self.breakfast), ["refused"])
        self.assertFalse(self._orders(self.student, meal=self.breakfast))

    def test_no_school_no_order(self):
        self.assertEqual(self._change(True, SATURDAY), ["refused"])
        self.assertEqual(self._change(True, MONDAY - timedelta(days=7)), ["refused"])
        self.assertFalse(self._orders(self.student, SATURDAY))

    def test_an_absent_child_is_not_ordered_for(self):
        self._report(self.student)
        self.assertEqual(self._change(True), ["refused"])

    def test_a_set_is_chosen_and_the_usual_one_again(self):
        self.assertEqual(self._change(True, variant_id=self.kosher.id), ["done"])
        order = self._orders(self.student)
        self.assertEqual(order.variant_id, self.kosher)
        self.assertEqual(self._change(True, variant_id=self.kosher.id), ["same"])
        self.assertEqual(self._change(True), ["done"])
        self.assertFalse(order.variant_id)
        self.assertEqual(order.state, "ordered")

    def test_a_usual_set_that_is_refused_leaves_the_chosen_one(self):
        self._change(True, variant_id=self.kosher.id)
        order = self._orders(self.student)
        self._serve_nuts(self.student)
        harmless = self._serve_nuts(variant=self.kosher)
        harmless.line_ids.dish_id.allergen_ids = False
        self.assertEqual(self._change(True), ["refused"])
        self.assertEqual((order.state, order.variant_id), ("ordered", self.kosher))

    def test_a_diet_is_not_chosen(self):
        elsewhere = self.env["meal.variant"].create(
            {"name": "Other", "company_id": self.other_city.id}
        )
        for variant in (self.diet, elsewhere):
            with self._refused(UserError, "cannot be chosen"):
                self._change(True, variant_id=variant.id)
        self.assertFalse(self._orders(self.student))
        self.student.diet_variant_id = self.diet
        with self._refused(UserError, "doctor's note"):
            self._change(True, variant_id=self.kosher.id)
        self.assertEqual(self._change(True), ["done"])
        self.assertEqual(self._orders(self.student).variant_id, self.diet)

    def test_bad_input_is_a_sentence(self):
        with self._refused(UserError, "no such meal"):
            self._api()._change_meal(self.student.id, 10**9, True, [str(MONDAY)])
        for dates in ([], "2026-11-16", [5], [str(MONDAY), "x"]):
            with self._refused(UserError, "cannot be read"):
                self._api()._change_meal(self.student.id, self.lunch.id, True, dates)
        with self._refused(UserError, "62 days"):
            days = [str(MONDAY + timedelta(days=day)) for day in range(63)]
            self._api()._change_meal(self.student.id, self.lunch.id, True, days)
        self.assertFalse(self._orders(self.student))


@tagged("post_install", "-at_install")
class TestParentChoices(ParentCase):
    def _set(self, mode="order", student=None, meal=None, **kwargs):
        student, meal = student or self.student, meal or self.lunch
        return self._api()._set_choice(student.id, meal.id, mode, **kwargs)

    def test_a_standing_choice_orders_what_is_due_and_goes_on(self):
        self._set(weekdays=[1, 3])
        self.assertEqual(self._state(), "ordered")
        self._generate(TUESDAY)
        self._generate(WEDNESDAY)
        self.assertFalse(self._state(day=TUESDAY))
        self.assertEqual(self._state(day=WEDNESDAY), "ordered")
        choice = self._api()._get_choices(self.student.id)[0]
        self.assertEqual((choice["weekdays"], choice["date_to"]), ("13", None))

    def test_a_free_meal_is_declined_and_taken_back(self):
        self._generate()
        self.assertEqual(self._state(self.sibling, meal=self.breakfast), "ordered")
        choice = self._set("decline", self.sibling, self.breakfast)
        self.assertEqual(self._state(self.sibling, meal=self.breakfast), "cancelled")
        self._generate()
        self.assertEqual(self._state(self.sibling, meal=self.breakfast), "cancelled")
        self._generate(TUESDAY)
        self.assertFalse(self._state(self.sibling, TUESDAY, self.breakfast))
        self._api()._end_choice(self.sibling.id, choice)
        self.assertEqual(self._state(self.sibling, meal=self.breakfast), "ordered")
        self._generate(TUESDAY)
        self.assertEqual(self._state(self.sibling, TUESDAY, self.breakfast), "ordered")
        self.assertFalse(self._api()._get_choices(self.sibling.id))

    def test_a_standing_order_ends(self):
        choice = self._set()
        self._generate(TUESDAY)
        self._api()._end_choice(self.student.id, choice)
        for day in (MONDAY, TUESDAY):
            self.assertEqual(self._state(day=day), "cancelled")
        with self._refused(UserError, "ended already"):
            self._api()._end_choice(self.student.id, choice)

    def test_a_standing_order_ends_without_the_days_ordered_apart(self):
        self._change(True, TUESDAY)
        choice = self._set()
        self.assertEqual(self._orders(self.student).origin, "choice")
        self._api()._end_choice(self.student.id, choice)
        self.assertEqual(self._state(), "cancelled")
        self.assertEqual(self._state(day=TUESDAY), "ordered")

    def test_a_narrowed_standing_order_takes_the_other_days_off(self):
        self._set()
        self._generate(TUESDAY)
        self.assertEqual(self._state(day=TUESDAY), "ordered")
        self._set(weekdays=[1])
        self.assertEqual(self._state(), "ordered")
        self.assertEqual(self._state(day=TUESDAY), "cancelled")
        self._set(weekdays=[2])
        self.assertEqual(self._state(), "cancelled")
        self.assertEqual(self._state(day=TUESDAY), "ordered")

    def test_who_declines_wants_no_days_ordered_apart(self):
        self._change(True, MONDAY, TUESDAY)
        self._set("decline", weekdays=[2])
        self.assertEqual(self._state(), "ordered")
        self.assertEqual(self._state(day=TUESDAY), "cancelled")

    def test_a_standing_order_of_a_meal_with_an_allergen(self):
        self._serve_nuts(self.student)
        self._set()
        order = self._orders(self.student)
        self.assertEqual((order.state, order.origin), ("cancelled", "choice"))
        self.assertEqual(order.change_ids.mapped("reason"), ["allergen"])

    def test_a_new_choice_replaces_the_old_one_from_its_day(self):
        self._set(date_from=str(MONDAY))
        self._set(date_from=str(WEDNESDAY), variant_id=self.kosher.id)
        old, new = sorted(
            self._api()._get_choices(self.student.id), key=lambda c: c["date_from"]
        )
        self.assertEqual((old["date_to"], new["set"]), (str(TUESDAY), "Set 2"))

    def test_after_the_cut_off_it_counts_from_tomorrow(self):
        self._at(LATE)
        self._set(date_from=str(MONDAY - timedelta(days=20)))
        choice = self._api()._get_choices(self.student.id)[0]
        self.assertEqual(choice["date_from"], str(TUESDAY))
        self.assertFalse(self._state())
        self.assertEqual(self._state(day=TUESDAY), "ordered")

    def test_the_choice_of_a_sister_is_not_the_brothers(self):
        choice = self._set()
        with self._refused(UserError, "ended already"):
            self._api()._end_choice(self.sibling.id, choice)
        with self._refused(AccessError, "not in your list"):
            self._api(self.father_user)._end_choice(self.student.id, choice)
        self.assertTrue(self._api()._get_choices(self.student.id))

    def test_bad_input_is_a_sentence(self):
        for values, sentence in (
            ({"weekdays": "8"}, "days of the week"),
            ({"weekdays": {"a": 1}}, "days of the week"),
            ({"mode": "perhaps"}, "order the meal or to decline"),
            ({"date_to": "2020-01-01"}, "ends before"),
            ({"date_from": "soon"}, "cannot be read"),
            ({"variant_id": self.diet.id}, "cannot be chosen"),
        ):
            with self._refused(UserError, sentence):
                self._set(**values)
        self.assertFalse(self._api()._get_choices(self.student.id))


@tagged("post_install", "-at_install")
class TestParentAbsences(ParentCase):
    def _absent(self, first=MONDAY, last=None, reason="illness"):
        return self._api()._report_absence(
            self.student.id, str(first), str(last or first), reason
        )

    def test_an_absence_takes_meals_off_and_its_end_brings_them_back(self):
        self._change(True, MONDAY, TUESDAY)
        absence = self._absent(MONDAY, TUESDAY)
        self.assertEqual(absence["message"], "")
        self.assertEqual(self._state(), "cancelled")
        shown = self._days()[0]["absence"]
        self.assertEqual((shown["id"], shown["reason"]), (absence["id"], "illness"))
        self._api()._withdraw_absence(self.student.id, absence["id"])
        self.assertEqual(self._state(), "ordered")
        self.assertFalse(self._days()[0]["absence"])

    def test_after_the_cut_off_it_is_recorded_and_told(self):
        self._change(True)
        self._at(LATE)
        absence = self._absent()
        self.assertIn("cooked already", absence["message"])
        self.assertEqual(self._state(), "freed")
        self.assertTrue(self._days()[0]["absence"])

    def test_without_a_portion_nothing_was_cooked(self):
        self._at(LATE)
        self.assertEqual(self._absent()["message"], "")

    def test_the_days_that_are_past_stay(self):
        absence = self._absent(MONDAY, WEDNESDAY)
        self._at(MORNING + timedelta(days=1))
        self._api()._withdraw_absence(self.student.id, absence["id"])
        absent = self.env["meal.absence"]._absent_ids
        self.assertTrue(absent(self.school, MONDAY))
        self.assertFalse(absent(self.school, TUESDAY))

    def test_what_the_school_has_noted_stays(self):
        absence = self._report(self.student, source="teacher")
        with self._refused(UserError, "call the class teacher"):
            self._api()._withdraw_absence(self.student.id, absence.id)
        self.assertFalse(absence.withdrawn_at)

    def test_the_absence_of_another_child_is_not_withdrawn(self):
        absence = self._report(self.classmate)
        with self._refused(UserError, "over or was withdrawn"):
            self._api()._withdraw_absence(self.student.id, absence.id)
        self.assertFalse(absence.withdrawn_at)

    def test_bad_input_is_a_sentence(self):
        self._absent(WEDNESDAY)
        for values, sentence in (
            ((WEDNESDAY,), "already"),
            ((MONDAY - timedelta(days=3),), "from today on"),
            ((SATURDAY,), "no school days"),
            ((TUESDAY, MONDAY), "ends before"),
            ((MONDAY, MONDAY + timedelta(days=70)), "62 days"),
            ((MONDAY, MONDAY, "unexcused"), "reason"),
        ):
            with self._refused(UserError, sentence):
                self._absent(*values)
        absences = self.env["meal.absence"].search(
            [("student_id", "=", self.student.id)]
        )
        self.assertEqual(absences.mapped("date_from"), [WEDNESDAY])
