from contextlib import suppress
from datetime import datetime, timedelta
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401

from .order_common import MONDAY, OrderCase

FIRST = datetime(2026, 11, 15, 9, 0)
DAYS = st.integers(0, 5).map(lambda count: MONDAY + timedelta(days=count))
WHO = st.integers(0, 3)
KINDS = st.sampled_from(["vacation", "quarantine", "remote", "extra_day", "day_off"])
ACTIONS = st.one_of(
    st.tuples(st.just("choose"), WHO, st.sampled_from(["order", "decline"]), DAYS),
    st.tuples(st.just("report"), WHO, DAYS, st.integers(0, 4)),
    st.tuples(st.just("withdraw"), st.integers(0, 3)),
    st.tuples(st.just("period"), KINDS, DAYS, st.sampled_from(["5a", "1b", "all"])),
    st.tuples(st.just("end_period"), st.integers(0, 3)),
    st.tuples(st.just("move"), WHO, st.integers(0, 3)),
    st.tuples(st.just("place"), WHO, DAYS),
    st.tuples(st.just("take_off"), WHO, DAYS),
    st.tuples(st.just("pass_on"), WHO, DAYS),
    st.tuples(st.just("write_off"), WHO, DAYS),
    st.tuples(st.just("clock")),
    st.tuples(st.just("evening"), st.floats(0, 23.9)),
)
WEEKS = st.lists(st.tuples(st.integers(0, 14), ACTIONS), max_size=14)


@tagged("post_install", "-at_install")
class TestOrderWeeks(OrderCase):
    """Random weeks of a school: whatever people do, these hold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.young_one = cls._new_student(cls.class_1b, "Malov", "Maxim")
        cls.young_one.enrolment_ids.write({"date_from": "2026-09-01"})
        cls.students = cls.student + cls.sibling + cls.classmate + cls.young_one
        cls.places = cls.class_5a + cls.class_1b
        cls.places += cls._new_class(cls.second_school, 3, "А")
        cls.places += cls._new_class(cls.second_school, 7, "А")
        cls.schools = cls.school + cls.second_school
        cls.env.flush_all()

    @settings(max_examples=15)
    @given(WEEKS)
    def test_a_week(self, steps):
        savepoint = self.env.cr.savepoint()
        try:
            now = FIRST
            for hours, (name, *args) in steps:
                now += timedelta(hours=hours)
                self._at(now)
                # A refusal leaves everything as it was.
                with suppress(UserError), self.env.cr.savepoint():
                    getattr(self, f"_do_{name}")(*args)
                self._check_history()
            for hour in (1, 20):
                self._at(now + timedelta(hours=hour))
                self._do_clock()
                self._check_history()
                self._check_planned()
            self._check_numbers()
        finally:
            savepoint.rollback()
            self.env.invalidate_all()

    # === WHAT PEOPLE DO === #

    def _do_choose(self, who, mode, day):
        self._choose(self.students[who], mode, date_from=day)

    def _do_report(self, who, day, length):
        self._report(self.students[who], day, day + timedelta(days=length))

    def _do_withdraw(self, which):
        domain = [("student_id", "in", self.students.ids)]
        self.env["meal.absence"].search(domain)[which : which + 1]._withdraw()

    def _do_period(self, kind, day, place):
        classes = {"5a": self.class_5a, "1b": self.class_1b}.get(place)
        self._period(kind, day, classes=classes)

    def _do_end_period(self, which):
        domain = [("company_id", "=", self.city.id)]
        self.env["school.calendar.period"].search(domain)[which : which + 1].unlink()

    def _do_move(self, who, where):
        place = self.places[where]
        self.students[who].write(
            {"school_id": place.school_id.id, "class_id": place.id}
        )

    def _do_place(self, who, day):
        self._place(self.students[who], day)

    def _do_take_off(self, who, day):
        self._orders(self.students[who], day)._take_off("changed_mind")

    def _do_pass_on(self, who, day):
        freed = self._freed(day)
        if freed:
            self.assertFalse(
                freed._get_candidates() & self.students.browse(self._absent(freed))
            )
            freed._pass_on(self.students[who])

    def _do_write_off(self, who, day):
        self._freed(day)._write_off("spoiled")

    def _do_clock(self):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress"):
            for school in self.schools:
                school._generate_coming()
                school._pass_due_cutoffs()

    def _do_evening(self, hour):
        self.second_school.forecast_cutoff = hour

    def _freed(self, day):
        return self.order_model.search(
            [
                ("school_id", "in", self.schools.ids),
                ("date", "=", day),
                ("state", "=", "freed"),
            ],
            limit=1,
        )

    def _absent(self, order):
        return self.env["meal.absence"]._absent_ids(order.school_id, order.date)

    # === WHAT HOLDS === #

    def _all_orders(self):
        return self.order_model.search([("student_id", "in", self.students.ids)])

    def _check_history(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.env.cr.execute("SET CONSTRAINTS ALL DEFERRED")
        orders = self._all_orders()
        keys = [(o.student_id, o.date, o.meal_type_id) for o in orders]
        self.assertEqual(len(keys), len(set(keys)))
        for order in orders:
            state = False
            for change in order.change_ids.sorted("id"):
                self.assertEqual(change.from_state, state)
                state = change.to_state
                cutoff = change.school_id._get_correction_cutoff(order.date)
                late = change.at >= cutoff and change.reason != "cut_off"
                self.assertEqual(change.is_late, late)
            self.assertEqual(order.state, state)

    def _check_planned(self):
        """Of a day that is still open, all is right once the clock has been there."""
        calendar = self.env["school.calendar"]
        for school in self.schools:
            for day in school._get_days_to_plan():
                if school._is_after_cutoff(day):
                    continue
                taught = calendar._get_taught_classes(school, day)
                absent = self.env["meal.absence"]._absent_ids(school, day)
                for order in self._all_orders().filtered(
                    lambda o, school=school, day=day: (
                        o.school_id == school and o.date == day and o.state == "ordered"
                    )
                ):
                    self.assertIn(order.class_id, taught)
                    self.assertNotIn(order.student_id.id, absent)
                    self.assertEqual(order.class_id, order.student_id.class_id)

    def _check_numbers(self):
        snapshots = self.env["meal.snapshot"].search(
            [("school_id", "in", self.schools.ids)], order="id"
        )
        for snapshot in snapshots:
            lines = snapshot.line_ids
            self.assertEqual(snapshot.portion_count, sum(lines.mapped("quantity")))
            difference = snapshot._get_difference()
            self.assertEqual(
                difference["after"] - difference["before"],
                sum(row["added"] - row["removed"] for row in difference["reasons"]),
            )
            if snapshot.kind == "order":
                cooked = self.env["meal.order.change"].search_count(
                    [
                        ("school_id", "=", snapshot.school_id.id),
                        ("date", "=", snapshot.date),
                        ("reason", "=", "cut_off"),
                    ]
                )
                self.assertEqual(snapshot.portion_count, cooked)
        for school in self.schools:
            for day in set(snapshots.mapped("date")):
                kinds = snapshots.filtered(
                    lambda s, school=school, day=day: (
                        s.school_id == school and s.date == day
                    )
                ).mapped("kind")
                self.assertLessEqual(kinds.count("order"), 1)
                self.assertLessEqual(kinds.count("forecast"), 1)
