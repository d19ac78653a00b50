import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .order_common import LATE, MONDAY, MORNING, OrderCase


@tagged("post_install", "-at_install")
class TestOrderSnapshots(OrderCase):
    def setUp(self):
        super().setUp()
        self._order(self.student + self.classmate)
        self._generate()
        self.forecast = self.school._pass_cutoffs(MONDAY)
        self._at(MORNING)

    def _correct(self):
        return self.env["meal.snapshot"]._take_correction(self.school, MONDAY)

    def _reasons(self, snapshot):
        return {
            (row["meal"], row["reason"], row["is_late"]): (
                row["added"],
                row["removed"],
                row["freed"],
            )
            for row in snapshot.with_context(lang="en_US")._get_difference()["reasons"]
        }

    def _assert_explained(self, snapshot):
        difference = snapshot._get_difference()
        change = difference["after"] - difference["before"]
        self.assertEqual(
            change,
            sum(row["added"] - row["removed"] for row in difference["reasons"]),
        )
        for part in ("lines", "totals"):
            rows = difference[part]
            self.assertEqual(change, sum(row["change"] for row in rows))
            self.assertEqual(difference["after"], sum(row["after"] for row in rows))
        self.assertEqual(
            snapshot.portion_count, sum(snapshot.line_ids.mapped("quantity"))
        )

    def test_the_first_is_compared_with_nothing(self):
        self.assertEqual(
            self._reasons(self.forecast),
            {
                ("Breakfast", "generated", False): (1, 0, 0),
                ("Lunch", "entered", False): (2, 0, 0),
            },
        )
        self._assert_explained(self.forecast)

    def test_between_evening_and_morning(self):
        self._report(self.student)
        self._order(self.sibling)
        self._at(LATE)
        order = self.school._pass_cutoffs(MONDAY)
        self.assertEqual(
            self._reasons(order),
            {
                ("Lunch", "absence", False): (0, 1, 0),
                ("Lunch", "entered", False): (1, 0, 0),
            },
        )
        self._assert_explained(order)
        [line] = [
            row
            for row in order._get_difference()["lines"]
            if row["class"] == self.class_5a.name
        ]
        self.assertEqual((line["before"], line["after"], line["change"]), (2, 1, -1))

    def test_after_the_morning(self):
        self._at(LATE)
        self.school._pass_cutoffs(MONDAY)
        self.assertFalse(self._correct())
        self._report(self.student)
        correction = self._correct()
        self.assertEqual(
            self._reasons(correction), {("Lunch", "absence", True): (0, 0, 1)}
        )
        self.assertEqual(correction.free_count, 1)
        self._assert_explained(correction)
        self._orders(self.student)._pass_on(self.sibling)
        correction = self._correct()
        self.assertEqual(
            self._reasons(correction), {("Lunch", "passed_on", True): (1, 1, -1)}
        )
        self.assertEqual((correction.portion_count, correction.free_count), (3, 0))
        self._assert_explained(correction)

    def test_moves_and_sets(self):
        variant = self.env["meal.variant"].create(
            {"name": "Set 2", "company_id": self.city.id}
        )
        self.student.class_id = self._new_class(self.school, 6, "А")
        self._order(self.classmate, variant=variant)
        self._at(LATE)
        order = self.school._pass_cutoffs(MONDAY)
        self.assertEqual(
            self._reasons(order),
            {
                ("Lunch", "class_moved", False): (1, 1, 0),
                ("Lunch", "entered", False): (1, 1, 0),
            },
        )
        self._assert_explained(order)

    def test_to_another_school(self):
        new_class = self._new_class(self.second_school, 5, "Б")
        self.student._transfer(self.second_school, new_class, MONDAY)
        self._at(LATE)
        order = self.school._pass_cutoffs(MONDAY)
        self.assertEqual(
            self._reasons(order), {("Lunch", "class_moved", False): (0, 1, 0)}
        )
        self._assert_explained(order)
        there = self.second_school._pass_cutoffs(MONDAY)
        self.assertEqual(
            self._reasons(there), {("Lunch", "class_moved", False): (1, 0, 0)}
        )
        self._assert_explained(there)

    def test_a_number_is_corrected_once(self):
        self._at(LATE)
        order = self.school._pass_cutoffs(MONDAY)
        self._report(self.student)
        correction = self._correct()
        self.assertEqual(correction.previous_id, order)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.env.cr.savepoint(),
        ):
            correction.sudo().copy({"previous_id": order.id})
        self.assertFalse(self._correct())

    def test_a_forecast_is_not_corrected(self):
        self._report(self.student)
        self.assertFalse(self._correct())

    def test_nobody_changes_a_number(self):
        with self._refused(UserError, "stays as it is"):
            self.forecast.portion_count = 5
        with self._refused(UserError, "stays as it is"):
            self.forecast.unlink()
        with self._refused(UserError, "stays as it is"):
            self.forecast.line_ids[0].quantity = 5
        with self._refused(UserError, "stays as it is"):
            self.forecast.line_ids.unlink()
        self.assertEqual(self.forecast.portion_count, 3)
