from datetime import date, datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .entitle_common import EntitlementCase

SEPTEMBER = date(2026, 9, 1)
MONDAY, FRIDAY = date(2026, 11, 16), date(2026, 11, 20)


@tagged("post_install", "-at_install")
class TestMilk(EntitlementCase):
    """`sibling` and `friend` (1Б) have milk; 200 ml on school days from 16 November."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        cls.milk = cls._add_category("milk", kind="milk", grade_to=4)
        cls.friend = cls._new_student(cls.class_1b, "Orlova", "Olga")
        cls.children = cls.sibling + cls.friend
        cls.children.enrolment_ids.date_from = SEPTEMBER
        cls.norm = cls.env["benefit.milk.norm"].create(
            {"company_id": cls.city.id, "date_from": SEPTEMBER, "price": 18.35}
        )

    def setUp(self):
        super().setUp()
        clock = freeze_time(datetime(2026, 11, 23, 9))
        clock.start()
        self.addCleanup(clock.stop)
        self._grant(self.children, self.milk)

    def _issue(self, kind="parents", **vals):
        issue = self._as("operator", self.env["benefit.milk.issue"]).create(
            {
                "school_id": self.school.id,
                "kind": kind,
                "date_from": MONDAY,
                "date_to": FRIDAY,
                **vals,
            }
        )
        issue.action_fill()
        return issue

    def _days(self, issue):
        return {
            line.student_id: [int(day[-2:]) for day in line.days]
            for line in issue.sudo().line_ids
        }

    def _remote(self, first, last):
        return self.env["school.calendar.period"].create(
            {
                "kind": "remote",
                "company_id": self.city.id,
                "school_ids": [Command.set(self.school.ids)],
                "class_ids": [Command.set(self.class_1b.ids)],
                "date_from": first,
                "date_to": last,
            }
        )

    def test_drunk_at_school_is_who_was_present(self):
        for day in (16, 17, 18, 19):
            self.env["meal.attendance"]._confirm(self.class_1b, date(2026, 11, day))
        self._absent(self.friend, 17)
        issue = self._issue("class")
        self.assertEqual(
            self._days(issue),
            {self.sibling: [16, 17, 18, 19], self.friend: [16, 18, 19]},
        )
        self.assertIn("20.11", issue.problems)  # nobody confirmed Friday
        self.assertEqual(issue.day_count, 7)
        line = issue.line_ids.filtered(lambda line: line.student_id == self.sibling)
        self.assertEqual((line.quantity, line.cost), (800, 73.40))

    def test_remote_days_of_a_class_are_for_the_parents(self):
        self._remote(date(2026, 11, 18), date(2026, 11, 22))
        self._absent(self.friend, 19)
        issue = self._issue()
        self.assertEqual(
            self._days(issue), {self.sibling: [18, 19, 20], self.friend: [18, 20]}
        )

    def test_a_child_taught_at_home(self):
        self.env["benefit.study.period"].create(
            {
                "student_id": self.friend.id,
                "form": "home",
                "date_from": SEPTEMBER,
                "basis": "Order 1",
                "week_days": "135",
            }
        )
        self.assertEqual(self._days(self._issue()), {self.friend: [16, 18, 20]})

    def test_a_day_is_in_one_list(self):
        self._remote(MONDAY, FRIDAY)
        self._issue(date_to=date(2026, 11, 17))
        self.assertEqual(
            self._days(self._issue()),
            {child: [18, 19, 20] for child in self.children},
        )

    def test_given_out_to_a_parent_and_closed(self):
        self._remote(MONDAY, FRIDAY)
        issue = self._issue()
        line = issue.line_ids.filtered(lambda line: line.student_id == self.sibling)
        with self._refused(UserError, "while the milk"):
            line.action_issued()
        issue.action_open()
        with self._refused(UserError, "by the button"):
            line.write({"is_issued": True})
        line.action_issued()
        self.assertEqual(line.receiver_id.partner_id, self.mother)
        self.assertEqual(line.issued_on, date(2026, 11, 23))
        other = issue.line_ids - line
        with self._refused(UserError, "no legal representative"):
            other.action_issued()
        issue.action_close()
        self.assertEqual(issue.uncollected_count, 1)
        for change in (line.action_not_issued, issue.action_fill, issue.unlink):
            with self._refused(UserError, ""):
                change()
        self.assertTrue(line.is_issued)
        self.assertTrue(issue._render_pdf().startswith(b"%PDF"))

    def test_norms_change_and_name_their_days(self):
        self._remote(MONDAY, FRIDAY)
        self.norm.copy(
            {"date_from": date(2026, 11, 18), "quantity": 250, "week_days": "35"}
        )
        issue = self._issue()
        self.assertEqual(self._days(issue)[self.sibling], [16, 17, 18, 20])
        line = issue.line_ids.filtered(lambda line: line.student_id == self.sibling)
        self.assertEqual(line.quantity, 2 * 200 + 2 * 250)

    def test_no_norm(self):
        self.norm.unlink()
        with self._refused(UserError, "ask the department"):
            self._issue()

    def _absent(self, student, day):
        self.env["meal.absence"].create(
            {
                "student_id": student.id,
                "school_id": student.school_id.id,
                "date_from": date(2026, 11, day),
                "date_to": date(2026, 11, day),
                "reason": "illness",
                "source": "operator",
            }
        )
