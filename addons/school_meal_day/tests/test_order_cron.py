from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .order_common import BEFORE, LATE, MONDAY, MORNING, TUESDAY, OrderCase

LOGGER = "odoo.addons.school_meal_day.models.school_school_cron"
SATURDAY = MONDAY - timedelta(days=2)


@tagged("post_install", "-at_install")
class TestOrderCron(OrderCase):
    def _run(self, name):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress"):
            getattr(self.env["school.school"], name)()

    def _snapshots(self, day=MONDAY):
        return self.env["meal.snapshot"].search(
            [("school_id", "=", self.school.id), ("date", "=", day)], order="id"
        )

    def test_the_coming_school_day(self):
        self._run("_cron_generate_orders")
        self.assertEqual(self._orders(self.sibling).state, "ordered")
        self.assertFalse(self._orders(self.sibling, TUESDAY))
        self._at(MORNING)
        self._run("_cron_generate_orders")
        self.assertTrue(self._orders(self.sibling, TUESDAY))

    def test_not_before_the_working_day_before(self):
        self._at(BEFORE - timedelta(days=3))
        self._run("_cron_generate_orders")
        self.assertTrue(self._orders(self.sibling, MONDAY - timedelta(days=3)))
        self.assertFalse(self._orders(self.sibling))

    def test_a_class_with_lessons_on_saturday(self):
        self._at(BEFORE - timedelta(days=2))
        self._period("extra_day", SATURDAY, classes=self.class_1b)
        self._run("_cron_generate_orders")
        self.assertTrue(self._orders(self.sibling, SATURDAY))
        self.assertTrue(self._orders(self.sibling, MONDAY))

    def test_cut_offs(self):
        self._run("_cron_pass_cutoffs")
        self.assertEqual(self._snapshots().mapped("kind"), ["forecast"])
        self._at(LATE)
        self._run("_cron_pass_cutoffs")
        self.assertEqual(self._snapshots().mapped("kind"), ["forecast", "order"])
        self._run("_cron_pass_cutoffs")
        self.assertEqual(len(self._snapshots()), 2)
        self.assertEqual(self._orders(self.sibling).state, "cooked")

    def test_no_numbers_for_days_without_lessons(self):
        sunday = MONDAY - timedelta(days=1)
        self._run("_cron_pass_cutoffs")
        self.assertFalse(self._snapshots(sunday))

    def test_days_nobody_closed_are_caught_up_with(self):
        order = self._order(self.student)
        self._at(LATE + timedelta(days=2))
        self._run("_cron_pass_cutoffs")
        self.assertEqual(order.state, "cooked")
        self.assertEqual(self._snapshots().kind, "order")

    def test_corrections_by_themselves(self):
        order = self._order(self.student)
        self._at(LATE)
        self._run("_cron_pass_cutoffs")
        order._take_off("changed_mind")
        self._run("_cron_pass_cutoffs")
        self._run("_cron_pass_cutoffs")
        correction = self._snapshots()[-1]
        self.assertEqual(self._snapshots().mapped("kind"), ["order", "correction"])
        self.assertEqual((correction.portion_count, correction.free_count), (2, 1))
        order._write_off("spoiled")
        self._run("_cron_pass_cutoffs")
        self.assertEqual(self._snapshots()[-1].free_count, 0)

    def test_one_school_that_fails_does_not_stop_the_others(self):
        self._new_class(self.second_school, 1, "А")
        model = type(self.env["meal.order"])
        real = model._sync

        def broken(self, school, *args):
            if school == broken_school:
                raise ValueError("Ivanov Ivan")
            return real(self, school, *args)

        broken_school = self.second_school
        self.assertLess(self.school.code, broken_school.code)
        for broken_school in (self.second_school, self.school):
            with (
                self.subTest(school=broken_school.code),
                patch.object(model, "_sync", broken),
                mute_logger(LOGGER),
            ):
                self._run("_cron_generate_orders")
            incident = self.env["meal.incident"].search(
                [("kind", "=", "orders"), ("school_id", "=", broken_school.id)]
            )
            self.assertIn("ValueError", incident.summary)
            self.assertNotIn("Ivanov", incident.summary)
        self.assertTrue(self._orders(self.sibling))
