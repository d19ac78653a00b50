import json
from datetime import datetime, timedelta
from uuid import uuid4

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from odoo.addons.school_meal_day.domain import peer_checks

from .common import MONDAY
from .facts_common import MealFactsCase

#: Ten in the morning of MONDAY in Moscow.
MORNING = "2026-11-16 07:00:00"
EVENING = "2026-11-16 16:00:00"


class DayFactsCase(MealFactsCase):
    """Makes the facts of a day without the parts that make them in life."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        cls.env["school.enrolment"].sudo().search(
            [("school_id.company_id", "in", (cls.city + cls.other_city).ids)]
        ).date_from = "2026-09-01"

    def _order(self, student, day=MONDAY, meal=None, **vals):
        return self._insert(
            "meal.order",
            **{
                "student_id": student.id,
                "date": day,
                "meal_type_id": (meal or self.breakfast).id,
                "school_id": student.school_id.id,
                "class_id": student.class_id.id,
                "company_id": student.company_id.id,
                "age_group_id": (
                    self.young if student.class_id.grade <= 4 else self.older
                ).id,
                "origin": "teacher",
                **vals,
            },
        )

    def _give(self, student, day=MONDAY, order=None, **vals):
        at = vals.pop("at", datetime(day.year, day.month, day.day, 7))
        return self._insert(
            "meal.issue.event",
            **{
                "event_key": f"u{uuid4()}",
                "payload_hash": "x",
                "school_id": student.school_id.id,
                "company_id": student.company_id.id,
                "date": day,
                "meal_type_id": self.breakfast.id,
                "student_id": student.id,
                "class_id": student.class_id.id,
                "order_id": order and order.id,
                "action": "given",
                "verdict": "ok",
                "source": "tap",
                "occurred_at": at,
                "received_at": at,
                **vals,
            },
        )

    def _confirm(self, school_class, day=MONDAY):
        self._insert(
            "meal.attendance",
            **{
                "class_id": school_class.id,
                "school_id": school_class.school_id.id,
                "date": day,
                "confirmed_at": datetime(2026, 11, 16, 5, 30),
            },
        )

    def _absent(self, student, day=MONDAY, **vals):
        return self._insert(
            "meal.absence",
            **{
                "student_id": student.id,
                "school_id": student.school_id.id,
                "class_id": student.class_id.id,
                "date_from": day,
                "date_to": day,
                "reason": "illness",
                "source": "teacher",
                "reported_at": datetime(day.year, day.month, day.day, 5),
                **vals,
            },
        )

    def _close(self, day=MONDAY, state="closed"):
        meal_day = self.env["meal.day"].sudo()._get_or_make(self.school, day)
        self._update(meal_day, state=state)
        return meal_day

    def _device(self, name):
        return (
            self.env["school.device"]
            .sudo()
            .create({"name": name, "kind": "edge", "school_id": self.school.id})
        )


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

    def test_money_of_an_open_day_is_forecast_by_the_price_list(self):
        self._order(self.student)
        self._order(self.sibling, is_entitled=True)
        row = self._row()
        self.assertEqual(
            {part["source"]: part["amount"] for part in row["money"]},
            {self.parent_source.name: 9810, "region": 5971, "town": 2559},
        )
        self.assertEqual(self._board()["total"]["forecast"], 9810 + 8530)

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


@tagged("post_install", "-at_install")
@freeze_time("2026-11-20 17:00:00")
class TestPeerChecks(DayFactsCase):
    def _check(self):
        found = self.env["meal.peer.check"]._check(
            self.school + self.second_school, MONDAY + timedelta(days=4)
        )
        return found.grouped("kind")

    def test_nothing_is_found_in_an_honest_day(self):
        for student in self.student + self.classmate:
            self._give(student, order=self._order(student))
        self._confirm(self.class_5a)
        self.assertFalse(self._check())

    def test_whole_class_fed_on_a_day_with_absences(self):
        for student in self.student + self.classmate:
            self._give(student, order=self._order(student))
        self._absent(self.classmate)
        (incident,) = self._check()[peer_checks.FULL_ISSUE]
        self.assertEqual(incident.school_id, self.school)
        self.assertIn("all 2 children", incident.summary)

    def test_more_free_meals_than_entitled_children_present(self):
        for letter in "ab":
            self._new_student(self.class_5a, f"Other {letter}", "Child")
        self.env["school.enrolment"].sudo().search(
            [("class_id", "=", self.class_5a.id)]
        ).date_from = "2026-09-01"
        self._give(self.student, order=self._order(self.student, is_entitled=True))
        self._absent(self.student)
        found = self._check()
        self.assertEqual(list(found), [peer_checks.OVER_PRESENT])
        self.assertIn("free of charge 1 of 0", found[peer_checks.OVER_PRESENT].summary)

    def test_fed_twice_on_two_devices(self):
        one, two = self._device("One"), self._device("Two")
        order = self._order(self.student)
        first = self._give(self.student, order=order, device_id=one.id, sequence=1)
        second = self._give(
            self.student,
            device_id=two.id,
            sequence=1,
            verdict="not_ordered",
        )
        (incident,) = self._check()[peer_checks.DUPLICATE]
        self.assertNotIn("Ivanov", incident.summary)
        action = self._as("manager", incident).action_open_rows()
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(rows, first + second)

    def test_taken_back_is_not_twice(self):
        one, two = self._device("One"), self._device("Two")
        first = self._give(self.student, device_id=one.id, sequence=1)
        self._give(
            self.student,
            device_id=one.id,
            sequence=2,
            action="undone",
            undoes_id=first.id,
        )
        self._give(self.student, device_id=two.id, sequence=1)
        self.assertFalse(self._check())

    def test_portion_given_at_night_by_the_clock_of_the_school(self):
        self._give(self.student, at=datetime(2026, 11, 16, 3, 59))  # 6:59 in Moscow
        self.assertEqual(list(self._check()), [peer_checks.OUTSIDE_HOURS])

    def test_changes_of_the_past(self):
        order = self._order(self.student)
        change = {
            "order_id": order.id,
            "school_id": self.school.id,
            "date": MONDAY,
            "to_state": "ordered",
            "reason": "entered",
            "user_id": self.roles["operator"].id,
        }
        self._insert("meal.order.change", **change, at=datetime(2026, 11, 16, 20, 59))
        self.assertFalse(self._check())
        late = self._insert(
            "meal.order.change", **change, at=datetime(2026, 11, 16, 21, 1)
        )
        (incident,) = self._check()[peer_checks.BACKDATED]
        self.assertIn("test_operator", incident.summary)
        action = self._as("manager", incident).action_open_rows()
        self.assertEqual(action["domain"], [["id", "in", late.ids]])

    def test_absence_written_down_long_after(self):
        self._absent(
            self.student,
            MONDAY - timedelta(days=6),
            reported_at=datetime(2026, 11, 16, 6),
        )
        self.assertEqual(list(self._check()), [peer_checks.BACKDATED])

    def test_child_present_and_not_fed_three_days_running(self):
        days = [MONDAY + timedelta(days=n) for n in range(3)]
        for day in days:
            self._order(self.sibling, day, is_entitled=True)
            self._confirm(self.class_1b, day)
        (incident,) = self._check()[peer_checks.NOT_FED]
        self.assertIn("3 school days running", incident.summary)

    def test_absent_declined_or_unconfirmed_is_no_hunger(self):
        days = [MONDAY + timedelta(days=n) for n in range(3)]
        for day in days:
            self._order(self.sibling, day, is_entitled=True)
            self._order(self.student, day, is_entitled=True, state="cancelled")
            self._confirm(self.class_5a, day)
            if day != days[1]:
                self._confirm(self.class_1b, day)
        self.assertFalse(self._check())

    def test_findings_are_not_repeated_even_when_resolved(self):
        self._give(self.student, at=datetime(2026, 11, 16, 3))
        (incident,) = self._check().values()
        incident.resolution = "The clock of the tablet was wrong."
        incident.action_resolve()
        self.assertFalse(self._check())
        self.assertEqual(incident.state, "resolved")

    def test_unusual_refunds_of_a_person(self):
        self._top_up(self.account, 100_000)
        ledgers = {
            role: self.ledger.with_user(self.roles[role])
            for role in ("cashier", "operator")
        }
        for role, refunds in (("cashier", 6), ("operator", 1)):
            for number in range(6):
                sale = f"{role}-{number}"
                meta = {"business_date": MONDAY}
                ledgers[role]._charge(self.account, 5_000, uuid=sale, **meta)
                if number < refunds:
                    ledgers[role]._reverse(
                        sale, uuid=f"back-{sale}", kind="refund", **meta
                    )
        (incident,) = self._check()[peer_checks.REFUNDS]
        self.assertIn("test_cashier", incident.summary)
        self.assertIn("300.00 roubles in 6 refunds", incident.summary)
        action = self._as("accountant", incident).action_open_rows()
        rows = self._as("accountant", self.env["meal.transfer"])
        self.assertEqual(rows.search_count(action["domain"]), 6)

    def test_heads_and_operators_read_the_findings_of_the_own_school(self):
        early = datetime(2026, 11, 16, 3)
        self._give(self.student, at=early)
        other = self._new_class(self.second_school, 3, "А")
        child = self._new_student(other, "Far", "Away")
        self._give(child, at=early)
        found = self.env["meal.incident"].union(*self._check().values())
        self.assertEqual(
            found.school_id, self.school + self.second_school, found.mapped("summary")
        )
        ledger = self.env["meal.incident"]._report(
            [
                {
                    "kind": kind,
                    "key": "x",
                    "summary": "x",
                    "company_id": self.city.id,
                    "school_id": self.school.id,
                }
                for kind in ("balance", "peerless")
            ]
        )
        for role in ("head", "operator"):
            incidents = self._as(role, self.env["meal.incident"])
            with self.subTest(role=role):
                seen = incidents.search([("id", "in", (found + ledger).ids)])
                own = found.filtered(lambda each: each.school_id == self.school)
                self.assertEqual(set(seen.ids), set(own.ids))
                self.assertTrue(seen[0].action_open_rows())
                with self._refused(AccessError, ""):
                    seen[0].write({"resolution": "Nothing"})
        for role in ("department", "accountant"):
            incidents = self._as(role, self.env["meal.incident"])
            seen = incidents.search([("id", "in", (found + ledger).ids)])
            self.assertEqual(len(seen), len(found + ledger))

    def test_button_is_for_those_who_answer_for_all_schools(self):
        with self._refused(AccessError, "department and by accountants"):
            self._as("head", self.env["meal.peer.check"]).action_check()
        self._give(self.student, at=datetime(2026, 11, 16, 3))
        action = self._as("department", self.env["meal.peer.check"]).action_check()
        self.assertEqual(action["params"]["type"], "warning")
