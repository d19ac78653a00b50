"""Random days: whatever happens, the four numbers and the money reconcile."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401
from odoo.addons.school_meal_day.domain import day_closing

from .closing_common import AFTERNOON, MONDAY, NEXT_DAY, NOON, ClosingCase
from .order_common import BEFORE, LATE

STUDENTS, DAYS = 4, 2
WHO = st.integers(0, STUDENTS - 1)
MEAL = st.booleans()
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("order"), WHO, MEAL),
        st.tuples(st.just("absent_early"), WHO, MEAL),
        st.tuples(st.just("absent_late"), WHO, MEAL),
        st.tuples(st.just("give"), WHO, MEAL),
        st.tuples(st.just("undo"), WHO, MEAL),
        st.tuples(st.just("stranger"), WHO, MEAL),
    ),
    max_size=14,
)
AFTERWARDS = st.lists(
    st.tuples(
        WHO,
        MEAL,
        st.sampled_from(
            ["issued", "not_claimed", "charged_unclaimed", "written_off", "late"]
        ),
    ),
    max_size=5,
)


@tagged("post_install", "-at_install")
class TestClosingProperty(ClosingCase):
    def setUp(self):
        super().setUp()
        self.students = (
            self.student
            + self.classmate
            + self.sibling
            + self._new_student(self.class_1b, "Novikov", "Nikita")
        )
        self.students.enrolment_ids.date_from = MONDAY - timedelta(days=30)
        # A subsidy of a fixed sum beside the parents' part.
        self.free_rule.copy(
            {
                "name": "Lunch of everybody",
                "category_id": False,
                "meal_type_ids": [(6, 0, self.lunch.ids)],
                "line_ids": [
                    (5,),
                    (
                        0,
                        0,
                        {
                            "source_id": self.municipal.id,
                            "mode": "amount",
                            "amount": 40.11,
                        },
                    ),
                ],
                "is_ordered_automatically": False,
            }
        )

    @settings(max_examples=25)
    @given(STEPS, AFTERWARDS, st.randoms(use_true_random=False))
    def test_numbers_and_money_reconcile(self, steps, afterwards, random):
        with self.env.cr.savepoint() as savepoint:
            self._at(BEFORE)
            for step in sorted(steps, key=lambda step: PHASE[step[0]]):
                self._play(*step)
            self._decide(random)
            self._close()
            self._assert_numbers()
            self._assert_money()
            self._at(NEXT_DAY)
            for step in afterwards:
                self._correct(*step)
                self._commit_checks()
                self._assert_money()
            self._assert_audit()
            savepoint.rollback()
        self.env.invalidate_all()

    def _play(self, action, who, is_lunch):
        student = self.students[who]
        meal = self.lunch if is_lunch else self.breakfast
        self._at(MOMENTS[action])
        if action == "order":
            self._place(student, meal_type=meal)
        elif action.startswith("absent"):
            self._report(student)
        elif action == "give":
            self._give(student, meal)
        elif action == "stranger":
            self._give(None, meal, verdict="guest")
        else:
            given = self.env["meal.issue.event"].search(
                [
                    ("student_id", "=", student.id),
                    ("date", "=", MONDAY),
                    ("action", "=", "given"),
                ]
            )
            undone = self.env["meal.issue.event"].search(
                [("undoes_id", "in", given.ids)]
            )
            for event in (given - undone.undoes_id)[:1]:
                self._undo(event)

    def _decide(self, random):
        self._at(AFTERNOON)
        self.day.action_check()
        while undecided := self.day.exception_ids.filtered(lambda e: not e.outcome):
            exception = undecided[0]
            allowed = [
                outcome
                for outcome in day_closing.ALLOWED[exception.kind]
                if outcome != "charge_parent"
                or exception.event_id
                or not exception.order_id.is_entitled
            ]
            exception._decide(random.choice(allowed), "By chance")
            self.day.action_check()

    def _correct(self, who, is_lunch, outcome):
        student = self.students[who]
        meal = self.lunch if is_lunch else self.breakfast
        if outcome == "late":
            self._give(student, meal)
            return
        line = self._lines(student, meal)[:1]
        is_free = not is_lunch and student.class_id == self.class_1b
        if line.outcome == outcome or (is_free and outcome == "charged_unclaimed"):
            return
        self.env["meal.correction"].create(
            {
                "day_id": self.day.id,
                "reason": "By chance",
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "day_line_id": line.id,
                            "student_id": student.id,
                            "meal_type_id": meal.id,
                            "outcome": outcome,
                        },
                    )
                ],
            }
        ).action_book()

    def _assert_numbers(self):
        orders = self.env["meal.order"].search(
            [
                ("school_id", "=", self.school.id),
                ("date", "=", MONDAY),
                ("state", "!=", "cancelled"),
            ]
        )
        lines = self.day.line_ids
        by_order = lines.filtered("order_id")
        self.assertEqual(sorted(by_order.order_id.ids), sorted(orders.ids))
        self.assertEqual(len(by_order), len(orders))
        given = self.day.issued_count
        guests = self.day.exception_ids.filtered(lambda e: e.kind == "guest")
        issued = lines.filtered("event_id")
        self.assertEqual(len(issued) + len(guests), given)
        self.assertLessEqual(set(issued.mapped("outcome")), {"issued", "not_payable"})
        rest = lines - issued
        self.assertEqual(rest, rest.filtered("order_id"))
        self.assertLessEqual(
            set(rest.mapped("outcome")),
            {
                "not_claimed",
                "charged_unclaimed",
                "passed_on",
                "written_off",
            },
        )

    def _assert_money(self):
        lines = self.day.line_ids.search(
            [("day_id", "=", self.day.id), ("is_current", "=", True)]
        )
        parts = lines.part_ids
        total = 0
        for source in (self.regional, self.municipal):
            paid = round(sum(p.amount for p in parts if p.source_id == source) * 100)
            self.assertEqual(self._fund(source), -paid)
            total += paid
        for student in self.students:
            own = sum(
                p.amount
                for p in parts
                if p.source_id == self.parent_source and p.line_id.student_id == student
            )
            self.assertEqual(
                self._balance(student) if student.account_id else 0, -round(own * 100)
            )
            total += round(own * 100)
        self.assertEqual(self._supplier(), total)
        self.assertEqual(total, round(sum(lines.mapped("price")) * 100))
        subsidised = [
            (line.student_id, line.meal_type_id)
            for line in lines
            if set(line.part_ids.source_id.mapped("level")) - {"parent"}
        ]
        self.assertEqual(len(subsidised), len(set(subsidised)))

    def _assert_audit(self):
        self.env.flush_all()
        for name, check in self.env["meal.audit"]._audit_checks().items():
            if name.startswith("day_") and name != "day_late":
                found = [f for f in check() if f["school_id"] == self.school.id]
                self.assertFalse(found, name)


PHASE = {
    "order": 0,
    "absent_early": 1,
    "absent_late": 2,
    "give": 3,
    "stranger": 3,
    "undo": 4,
}
MOMENTS = {
    "order": BEFORE,
    "absent_early": BEFORE,
    "absent_late": LATE,
    "give": NOON,
    "stranger": NOON,
    "undo": NOON,
}
