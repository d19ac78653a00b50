from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .order_common import BEFORE, LATE, MONDAY, MORNING, TUESDAY, OrderCase

FRIDAY, NEXT_MONDAY = MONDAY + timedelta(days=4), MONDAY + timedelta(days=7)


@tagged("post_install", "-at_install")
class TestOrderAbsence(OrderCase):
    def test_portions_go_and_come_back(self):
        orders = self._order(self.student) + self._order(self.student, TUESDAY)
        absence = self._report(self.student, note="Note 5")
        self.assertEqual(orders.mapped("state"), ["cancelled", "ordered"])
        self.assertEqual(orders[0].change_ids[-1].absence_id, absence)
        self.assertEqual(absence.source, "parent")
        self.assertEqual(absence.class_id, self.class_5a)
        self.assertEqual(
            self.env["meal.absence"]._absent_ids(self.school, MONDAY),
            {self.student.id},
        )
        absence._withdraw()
        self.assertEqual(orders.mapped("state"), ["ordered", "ordered"])
        self.assertTrue(absence.withdrawn_at)
        self.assertEqual(absence.withdrawn_by_id, self.env.user)
        self.assertFalse(self.env["meal.absence"]._absent_ids(self.school, MONDAY))

    def test_a_class_is_reported_at_once(self):
        """Each order names the absence of its student; no queries per student."""
        costs = []
        for date, students in (
            (MONDAY, self.student),
            (TUESDAY, self.student + self.classmate + self.sibling),
        ):
            orders = self.env["meal.order"].union(
                *(self._order(student, date) for student in students)
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            absences = self._report(students, date)
            costs.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(orders.mapped("state")), {"cancelled"})
            self.assertEqual(
                {order.student_id: order.change_ids[-1].absence_id for order in orders},
                {absence.student_id: absence for absence in absences},
            )
        self.assertLessEqual(costs[1], costs[0])

    def test_withdrawn_twice(self):
        absence = self._report(self.student)
        absence._withdraw()
        first = absence.withdrawn_at
        self._at(MORNING)
        absence._withdraw()
        self.assertEqual(absence.withdrawn_at, first)

    def test_the_free_meal_of_a_child_who_comes_after_all(self):
        absence = self._report(self.sibling)
        self._generate()
        self.assertFalse(self._orders(self.sibling))
        absence._withdraw()
        self.assertEqual(self._orders(self.sibling).state, "ordered")
        self.assertEqual(self._generate(), 0)

    def test_over_a_weekend(self):
        orders = self._order(self.student, FRIDAY) + self._order(
            self.student, NEXT_MONDAY
        )
        after = self._order(self.student, NEXT_MONDAY + timedelta(days=1))
        self._report(self.student, FRIDAY, NEXT_MONDAY)
        self.assertEqual(set(orders.mapped("state")), {"cancelled"})
        self.assertEqual(after.state, "ordered")

    def test_overlapping(self):
        order = self._order(self.student)
        first = self._report(self.student, MONDAY, TUESDAY)
        second = self._report(self.student, source="teacher")
        first._withdraw()
        self.assertEqual(order.state, "cancelled")
        second._withdraw()
        self.assertEqual(order.state, "ordered")

    def test_overlapping_withdrawn_in_the_other_order(self):
        order = self._order(self.student)
        first = self._report(self.student, MONDAY, TUESDAY)
        second = self._report(self.student, source="teacher")
        second._withdraw()
        self.assertEqual(order.state, "cancelled")
        first._withdraw()
        self.assertEqual(order.state, "ordered")

    def test_what_was_taken_off_before_does_not_come_back(self):
        order = self._order(self.student)
        order._take_off("changed_mind")
        self._report(self.student)._withdraw()
        self.assertEqual(order.state, "cancelled")

    def test_after_the_cut_off_the_portion_is_free(self):
        order = self._order(self.student)
        self._at(LATE)
        absence = self._report(self.student)
        self.assertEqual(order.state, "freed")
        self.assertTrue(order.change_ids[-1].is_late)
        absence._withdraw()
        self.assertEqual(order.state, "cooked")
        self.assertTrue(order.change_ids[-1].is_late)

    def test_a_portion_given_away_does_not_come_back(self):
        order = self._order(self.student)
        self._at(LATE)
        absence = self._report(self.student)
        order._pass_on(self.classmate)
        absence._withdraw()
        self.assertEqual(order.state, "passed_on")

    def test_withdrawn_on_a_day_that_is_not_taught_any_more(self):
        order = self._order(self.student)
        absence = self._report(self.student)
        self._period("quarantine", classes=self.class_5a)
        absence._withdraw()
        self.assertEqual(order.state, "cancelled")

    def test_wrong_dates(self):
        with self._refused(ValidationError, "cannot end before it begins"):
            self._report(self.student, TUESDAY, MONDAY)
        with self._refused(ValidationError, "longer than a year"):
            self._report(self.student, MONDAY, MONDAY + timedelta(days=400))
        self.assertFalse(
            self.env["meal.absence"].search([("student_id", "=", self.student.id)])
        )

    def test_presence(self):
        self.assertFalse(self.school._get_presence(MONDAY))
        self._report(self.student)
        self.env["meal.attendance"]._confirm(self.class_5a, MONDAY)
        self.assertEqual(
            self.school._get_presence(MONDAY),
            {self.student.id: "absent", self.classmate.id: "present"},
        )

    def test_a_class_confirmed_twice(self):
        first = self.env["meal.attendance"]._confirm(self.class_5a, MONDAY)
        self.assertEqual(first.confirmed_at, BEFORE)
        self._at(MORNING)
        again = self.env["meal.attendance"]._confirm(self.class_5a, MONDAY)
        self.assertEqual(again, first)
        self.assertEqual(again.confirmed_at, MORNING)
        self.assertEqual(again.company_id, self.city)
