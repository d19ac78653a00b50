"""A class of children who come through a turnstile, on a Monday morning."""

from datetime import datetime, timedelta
from uuid import uuid4

from odoo.addons.school_access.tests.common import AccessCase
from odoo.addons.school_meal_base.models.school_card import EDIT_SENTINEL
from odoo.addons.school_meal_day.tests.order_common import MONDAY, OrderCase

#: Moscow: lessons begin at 8:30, five minutes of grace; it is looked at 8:45, the
#: cut-off is at nine.
GATE_OPENS = datetime(2026, 11, 16, 4, 30)
FIRST_LESSON = datetime(2026, 11, 16, 5, 30)
LOOKED_AT = datetime(2026, 11, 16, 5, 45)
CUT_OFF = datetime(2026, 11, 16, 6, 0)
NOON = datetime(2026, 11, 16, 9, 0)


class AttendanceCase(AccessCase, OrderCase):
    """Class 5A has ten children with cards who use the turnstile every day: `kids`, of
    whom `absentee` is `cls.student`. The clock stands before lessons on `MONDAY`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["attendance.day"].flush_model()
        cls.absentee = cls.student
        cls.kids = cls.student | cls.classmate
        for letter in "abcdefgh":
            cls.kids |= cls._new_student(cls.class_5a, f"Kim{letter}", "Yan")
        cls.env["school.enrolment"].search([("student_id", "in", cls.kids.ids)]).write(
            {"date_from": datetime(2026, 9, 1)}
        )
        cls._give_cards(cls.kids | cls.sibling)
        cls._make_habit(cls.kids | cls.sibling)

    def setUp(self):
        super().setUp()
        self._at(GATE_OPENS)
        self._hear()

    @classmethod
    def _give_cards(cls, students):
        cards = cls.env["school.card"].with_context(school_card_edit=EDIT_SENTINEL)
        cards.create(
            [
                {"student_id": student.id, "state": "active", "uid": uuid4().hex[:14]}
                for student in students
            ]
        )

    @classmethod
    def _make_habit(cls, students, day=MONDAY - timedelta(days=3)):
        """They came through the gate on a day before."""
        cls.env["attendance.day"].create(
            [
                {
                    "student_id": student.id,
                    "date": day,
                    "school_id": student.school_id.id,
                    "class_id": student.class_id.id,
                    "company_id": student.company_id.id,
                    "starts_at": FIRST_LESSON - timedelta(days=3),
                    "ends_at": NOON - timedelta(days=3),
                    "arrived_at": GATE_OPENS - timedelta(days=3),
                    "state": "present",
                }
                for student in students
            ]
        )
        cls.env["attendance.day"].flush_model()

    def _hear(self, controllers=None):
        """The controllers have just spoken."""
        (controllers or self.controller).write({"last_seen": self._now()})

    def _now(self):
        return datetime.now()

    def _move(self, moment):
        self._at(moment)
        self._hear()

    def _come(self, students, at=GATE_OPENS + timedelta(minutes=20), **values):
        """They pass the turnstile, in one batch; the clock is not behind it."""
        self._at(max(at, self._now()))
        self.env["access.event"]._record(
            [
                {
                    "controller": self.controller.id,
                    "key": str(uuid4()),
                    "occurred_at": at,
                    "kind": "pass",
                    "direction": "in",
                    "person": self._person_of(student).id,
                    "verdict": "granted",
                    **values,
                }
                for student in students
            ]
        )

    def _leave(self, students, at):
        self._come(students, at, direction="out")

    def _recount(self, school=None, day=MONDAY):
        return self.env["attendance.day"]._recount(school or self.school, day)

    def _day(self, student=None, day=MONDAY):
        return self.env["attendance.day"].search(
            [("student_id", "=", (student or self.absentee).id), ("date", "=", day)]
        )

    def _state(self, student=None, day=MONDAY):
        return self._day(student, day).state

    def _states(self, students=None):
        rows = self.env["attendance.day"].search(
            [("student_id", "in", (students or self.kids).ids), ("date", "=", MONDAY)]
        )
        return set(rows.mapped("state"))

    def _check(self):
        return self.env["attendance.check"].search(
            [("school_id", "=", self.school.id), ("date", "=", MONDAY)]
        )

    def _morning(self):
        """All but the absentee have come, it is looked at who is missing."""
        self._recount()
        self._come(self.kids - self.absentee)
        self._move(LOOKED_AT)
        self.school._attend()
