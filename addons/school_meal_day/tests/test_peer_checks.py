from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.school_meal_day.domain import peer_checks

from .common import MONDAY
from .facts_common import DayFactsCase


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

    def _know(self, presence):
        """Let another source, like access control, say who is at school."""
        model = type(self.env["school.school"])
        base = model._get_presence

        def _get_presence(schools, date):
            return {**base(schools, date), **presence}

        self.patch(model, "_get_presence", _get_presence)

    def test_absent_is_who_the_hook_says(self):
        for student in self.student + self.classmate:
            self._give(student, order=self._order(student))
        self._know({self.classmate.id: "absent"})
        self.assertEqual(list(self._check()), [peer_checks.FULL_ISSUE])

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

    def test_present_is_who_the_hook_says_while_the_day_is_open(self):
        for n in range(3):
            self._order(self.sibling, MONDAY + timedelta(days=n), is_entitled=True)
        self.assertFalse(self._check())
        self._know({self.sibling.id: "present"})
        self.assertEqual(list(self._check()), [peer_checks.NOT_FED])

    def test_present_on_a_closed_day_is_who_was_so_at_the_closing(self):
        for n in range(3):
            day = MONDAY + timedelta(days=n)
            order = self._order(self.sibling, day, is_entitled=True)
            self._freeze(order, "present" if n else "absent")
        self._know({self.sibling.id: "absent"})
        self.assertFalse(self._check())
        line = self.env["meal.day.line"].search([("date", "=", MONDAY)])
        self._update(line, is_current=False)  # a correction
        self._freeze(line.order_id, "present", revision=1)
        self.assertEqual(list(self._check()), [peer_checks.NOT_FED])

    def _freeze(self, order, presence, revision=0):
        return self._insert(
            "meal.day.line",
            day_id=self._close(order.date).id,
            school_id=order.school_id.id,
            date=order.date,
            student_id=order.student_id.id,
            class_id=order.class_id.id,
            meal_type_id=order.meal_type_id.id,
            age_group_id=order.age_group_id.id,
            order_id=order.id,
            presence=presence,
            outcome="not_claimed",
            price=0,
            revision=revision,
        )

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

    def test_the_button_is_in_the_menu_of_those_who_may_press_it(self):
        menu = self.env.ref("school_meal_day.menu_meal_peer_check")
        for role in ("department", "accountant", "head", "operator"):
            with self.subTest(role=role):
                visible = self._as(role, self.env["ir.ui.menu"])._visible_menu_ids()
                may_press = role in ("department", "accountant")
                self.assertEqual(menu.id in visible, may_press)
        action = self.env.ref("school_meal_day.meal_peer_check_action_run")
        answer = self._as("department", action).run()
        self.assertEqual(answer["params"]["type"], "success")
