import json
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import MONDAY
from .facts_common import DayFactsCase

#: Ten in the morning of MONDAY in Moscow.
MORNING = "2026-11-16 07:00:00"
EVENING = "2026-11-16 16:00:00"


@tagged("post_install", "-at_install")
@freeze_time(MORNING)
class TestOversight(DayFactsCase):
    def _board(self, role="head"):
        return self._as(role, self.env["meal.oversight"]).get_board()

    def _row(self, school=None, role="head"):
        rows = {row["id"]: row for row in self._board(role)["schools"]}
        return rows[(school or self.school).id]

    def test_numbers_of_a_school(self):
        order = self._order(self.student)
        self._order(self.classmate)
        self._order(self.sibling, state="freed")
        self._confirm(self.class_5a)
        self._absent(self.classmate)
        self._absent(self.sibling)
        self._give(self.student, order=order)
        row = self._row()
        self.assertEqual(
            {
                key: row[key]
                for key in (
                    "students",
                    "present",
                    "absent",
                    "unknown",
                    "ordered",
                    "issued",
                    "waiting",
                    "coverage",
                    "classes",
                    "confirmed",
                )
            },
            {
                "students": 3,
                "present": 1,
                "absent": 2,
                "unknown": 0,
                "ordered": 2,
                "issued": 1,
                "waiting": 1,
                "coverage": 33,
                "classes": 2,
                "confirmed": 1,
            },
        )

    def test_presence_is_what_the_hook_says(self):
        self._confirm(self.class_5a)
        model = type(self.env["school.school"])
        base, calls = model._get_presence, []

        def _get_presence(schools, date):
            calls.append((schools.ids, date))
            known = {self.student.id: "absent", self.sibling.id: "present"}
            return {**base(schools, date), **known}

        self.patch(model, "_get_presence", _get_presence)
        rows = {row["id"]: row for row in self._board("department")["schools"]}
        row = rows[self.school.id]
        self.assertEqual(
            (row["students"], row["present"], row["absent"], row["unknown"]),
            (3, 2, 1, 0),
        )
        [(schools, date)] = calls  # both schools at once
        self.assertEqual(set(schools), {self.school.id, self.second_school.id})
        self.assertEqual(date, MONDAY)

    def test_a_school_of_another_date_is_asked_for_its_own(self):
        self.second_school.tz = "Asia/Kamchatka"
        self._absent(self.student, MONDAY)
        self._absent(self.sibling, MONDAY + timedelta(days=1))
        with freeze_time("2026-11-16 13:00:00"):  # Tuesday in Kamchatka
            self.assertEqual(self._row()["absent"], 1)

    def test_portion_taken_back_is_not_issued(self):
        order = self._order(self.student)
        given = self._give(self.student, order=order)
        self._give(self.student, order=order, action="undone", undoes_id=given.id)
        row = self._row()
        self.assertEqual((row["issued"], row["fed"], row["waiting"]), (0, 0, 1))

    def test_yesterday_is_not_today(self):
        day = MONDAY - timedelta(days=3)
        self._give(self.student, day, order=self._order(self.student, day))
        row = self._row()
        self.assertEqual((row["ordered"], row["issued"]), (0, 0))

    def test_each_sees_the_own_schools_only(self):
        self._order(self.stranger)
        for role in ("head", "operator"):
            with self.subTest(role=role):
                ids = {row["id"] for row in self._board(role)["schools"]}
                self.assertEqual(ids, {self.school.id})
        department = {row["id"] for row in self._board("department")["schools"]}
        self.assertEqual(department, {self.school.id, self.second_school.id})

    def test_a_school_asked_for_by_number_must_be_an_own_one(self):
        oversight = self._as("head", self.env["meal.oversight"])
        self._give(self.stranger, order=self._order(self.stranger))
        self.assertEqual(oversight.get_trend(self.other_school.id), [])
        action = oversight.open_rows("ordered", self.other_school.id)
        self.assertIn(("school_id", "in", []), action["domain"])

    def test_others_are_refused(self):
        for role in ("teacher", "canteen", "cashier", "accountant", "portal"):
            for method, args in (
                ("get_board", []),
                ("get_trend", []),
                ("open_rows", ["ordered"]),
            ):
                oversight = self._as(role, self.env["meal.oversight"])
                with (
                    self.subTest(role=role, method=method),
                    self._refused(AccessError, "Oversight is for"),
                ):
                    getattr(oversight, method)(*args)

    def test_rows_open_what_was_counted(self):
        order = self._order(self.student)
        waiting = self._order(self.classmate)
        given = self._give(self.student, order=order)
        absence = self._absent(self.sibling)
        self._confirm(self.class_5a)
        expected = {
            "ordered": order + waiting,
            "waiting": waiting,
            "issued": given,
            "absent": absence,
            "unconfirmed": self.class_1b,
        }
        oversight = self._as("head", self.env["meal.oversight"])
        for block, records in expected.items():
            with self.subTest(block=block):
                action = json.loads(
                    json.dumps(oversight.open_rows(block, self.school.id))
                )
                found = self._as("head", self.env[action["res_model"]]).search(
                    action["domain"]
                )
                self.assertEqual(set(found.ids), set(records.ids))

    def _fix_number(self, kind="order"):
        self._insert(
            "meal.snapshot",
            school_id=self.school.id,
            date=MONDAY,
            kind=kind,
            taken_at=datetime(2026, 11, 16, 6),
        )

    def test_a_school_that_has_not_ordered_is_late(self):
        cutoff, later = "2026-11-16 06:00:00", "2026-11-16 06:30:00"
        with freeze_time("2026-11-16 05:59:00"):
            self.assertNotIn("orders", self._row()["late"])
        with freeze_time(cutoff):
            self.assertIn("orders", self._row()["late"])
            order = self._order(self.student)
            self.assertNotIn("orders", self._row()["late"])
        self._fix_number("forecast")
        with freeze_time(later):
            self.assertIn("orders", self._row()["late"])
            self._fix_number()
            self.assertNotIn("orders", self._row()["late"])
            self._update(order, state="cancelled")
            self.assertIn("orders", self._row()["late"])

    def test_what_is_late_by_the_clock_of_the_school(self):
        self._order(self.student)
        self._fix_number()
        self._confirm(self.class_5a)
        with freeze_time("2026-11-16 05:59:00"):
            self.assertEqual(self._row()["late"], ["menu"])
        row = self._row()
        self.assertEqual(row["late"], ["menu", "attendance"])
        self.assertEqual(row["unconfirmed_names"], [self.class_1b.name])
        self._confirm(self.class_1b)
        for group in self.young + self.older:
            self._insert(
                "meal.menu",
                school_id=self.school.id,
                date=MONDAY,
                age_group_id=group.id,
                state="approved",
            )
        self.assertEqual(self._row()["late"], [])
        self._close(MONDAY - timedelta(days=3), "open")
        with freeze_time(EVENING):
            self.assertEqual(self._row()["late"], ["closing", "open_days"])
            self._close()
            self.assertEqual(self._row()["late"], ["open_days"])

    def test_on_a_day_off_nothing_is_late(self):
        self.env["school.calendar.period"].create(
            {
                "kind": "vacation",
                "company_id": self.city.id,
                "date_from": MONDAY,
                "date_to": MONDAY,
            }
        )
        row = self._row()
        self.assertFalse(row["is_school_day"])
        self.assertEqual((row["late"], row["classes"]), ([], 0))
        self.assertEqual(self._board()["total"]["to_close"], 0)

    def test_a_day_off_of_all_classes_is_one_of_the_school(self):
        self.env["school.calendar.period"].create(
            {
                "kind": "day_off",
                "company_id": self.city.id,
                "school_ids": self.school.ids,
                "class_ids": self.school.class_ids.ids,
                "date_from": MONDAY,
                "date_to": MONDAY,
            }
        )
        row = self._row()
        self.assertEqual((row["is_school_day"], row["late"]), (False, []))

    def test_a_saturday_without_meals_is_nothing_to_order_or_to_close(self):
        self.school.week_days = "6"
        saturday = MONDAY + timedelta(days=5)
        with freeze_time("2026-11-21 16:00:00"):
            row = self._row()
            self.assertEqual((row["is_school_day"], row["is_meal_day"]), (True, False))
            self.assertEqual(row["late"], [])
            self.assertEqual(self._board()["total"]["to_close"], 0)
            self._order(self.student, saturday - timedelta(days=14))
            self.assertEqual(
                self._row()["late"],
                ["menu", "orders", "attendance", "closing", "open_days"],
            )
            self.assertEqual(self._board()["total"]["to_close"], 1)

    def test_money_of_an_open_day_is_forecast_by_the_price_list(self):
        self._order(self.student)
        self._order(self.sibling, is_entitled=True)
        row = self._row()
        self.assertEqual(
            {part["source"]: part["amount"] for part in row["money"]},
            {self.parent_source.name: 9810, "region": 5971, "town": 2559},
        )
        self.assertEqual(self._board()["total"]["forecast"], 9810 + 8530)

    def test_sources_of_one_name_are_summed_and_the_largest_is_first(self):
        (self.regional + self.municipal).name = "budget"
        self._order(self.student)
        self._order(self.sibling, is_entitled=True)
        self._order(self.classmate, is_entitled=True)
        self.assertEqual(
            self._row()["money"],
            [
                {"source": "budget", "amount": 8530 + 9810},
                {"source": self.parent_source.name, "amount": 9810},
            ],
        )

    def test_money_of_a_closed_day_is_what_was_frozen(self):
        self._order(self.student)
        day = self._close()
        line = self._insert(
            "meal.day.line",
            **{
                "day_id": day.id,
                "school_id": self.school.id,
                "company_id": self.city.id,
                "date": MONDAY,
                "student_id": self.student.id,
                "class_id": self.class_5a.id,
                "meal_type_id": self.breakfast.id,
                "age_group_id": self.older.id,
                "presence": "present",
                "outcome": "issued",
                "price": 50,
            },
        )
        self._insert(
            "meal.day.part",
            **{
                "line_id": line.id,
                "source_id": self.regional.id,
                "amount": 50,
                "transfer_uuid": "t1",
            },
        )
        row = self._row()
        self.assertEqual(row["money"], [{"source": "region", "amount": 5000}])
        self.assertEqual(self._board()["total"]["forecast"], 0)

    def test_board_names_no_student(self):
        self._order(self.sibling, is_entitled=True)
        self._absent(self.sibling)
        self.assertNotIn("Ivanov", str(self._board()))

    def test_trend_counts_days_of_all_and_of_one_school(self):
        friday = MONDAY - timedelta(days=3)
        for day in (friday, MONDAY):
            order = self._order(self.student, day)
            self._give(self.student, day, order=order)
        self._order(self.classmate)
        oversight = self._as("department", self.env["meal.oversight"])
        for school_id in (None, self.school.id):
            days = oversight.get_trend(school_id)
            self.assertEqual(
                [(d["date"], d["ordered"], d["issued"], d["coverage"]) for d in days],
                [(str(friday), 1, 1, 33), (str(MONDAY), 2, 1, 33)],
            )
        self.assertEqual(oversight.get_trend(self.second_school.id), [])


@tagged("post_install", "-at_install")
class TestOversightPage(DayFactsCase, HttpCase):
    def test_a_head_looks_at_the_school_in_a_browser(self):
        calendar = self.env["school.calendar"]
        today = calendar._local_date(self.school)
        self.env["school.calendar.period"].create(
            {
                "kind": "extra_day",
                "company_id": self.city.id,
                "date_from": today,
                "date_to": today,
            }
        )
        self.school.correction_cutoff = 0  # late at any hour of the test
        self._give(self.student, today, order=self._order(self.student, today))
        self._order(self.classmate, today)
        self._confirm(self.class_5a, today)
        path = "/odoo/action-school_meal_day.meal_oversight_action"
        self.start_tour(path, "school_meal_day_oversight", login="test_head")
