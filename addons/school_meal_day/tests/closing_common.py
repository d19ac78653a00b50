"""A day that was ordered for, issued and closed."""

from datetime import datetime
from itertools import count
from uuid import uuid4

from odoo.tools import SQL

from .order_common import MONDAY, OrderCase

#: In Moscow, on `MONDAY`: noon, three o'clock; ten o'clock the day after.
NOON, AFTERNOON = datetime(2026, 11, 16, 9, 0), datetime(2026, 11, 16, 12, 0)
NEXT_DAY = datetime(2026, 11, 17, 7, 0)


class ClosingCase(OrderCase):
    """`student` and `classmate` (5А) order lunch for 126.50, `sibling` (1Б) gets the
    free breakfast of 85.30 by itself."""

    def setUp(self):
        super().setUp()
        self.seconds = count(1)
        self.lunches = self._order(self.student + self.classmate)
        self._generate()
        self.free = self._orders(self.sibling)
        self.day = self.env["meal.day"]._get_or_make(self.school, MONDAY)
        self._at(NOON)

    def _give(self, student, meal=None, school=None, day=MONDAY, **vals):
        """Record a portion as issued, later than those before; return the event."""
        minute, second = divmod(next(self.seconds), 60)
        events = self.env["meal.issue.event"]
        [answer] = events._record(
            school or self.school,
            [
                {
                    "uuid": uuid4().hex,
                    "date": str(day),
                    "meal": (meal or self.lunch).code,
                    "student": student and student.id,
                    "action": "given",
                    "source": "search",
                    "occurred_at": f"{day}T08:{minute:02}:{second:02}Z",
                    **vals,
                }
            ],
            user=self.env.user,
        )
        self.assertEqual(answer["status"], "created")
        return events.browse(answer["id"])

    def _undo(self, event):
        [answer] = self.env["meal.issue.event"]._record(
            event.school_id,
            [
                {
                    "uuid": uuid4().hex,
                    "date": str(event.date),
                    "meal": event.meal_type_id.code,
                    "action": "undone",
                    "source": "search",
                    "undoes": event.event_key[1:],
                    "occurred_at": f"{event.date}T10:00:00Z",
                }
            ],
            user=self.env.user,
        )
        self.assertEqual(answer["status"], "created")

    def _give_all(self):
        for order in self.lunches + self.free:
            self._give(order.student_id, order.meal_type_id)

    def _find(self, day=None):
        """Return {(kind, student): exception} of the day."""
        day = day or self.day
        day.action_check()
        return {(each.kind, each.student_id): each for each in day.exception_ids}

    def _close(self, day=None):
        """Close the day in the afternoon and let the database check at once what it
        checks at the end of a transaction."""
        self._at(AFTERNOON)
        (day or self.day)._close()
        self._commit_checks()

    def _commit_checks(self):
        self.env.flush_all()
        self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.env.cr.execute("SET CONSTRAINTS ALL DEFERRED")

    def _lines(self, student, meal=None, **kwargs):
        domain = [
            ("student_id", "=", student.id),
            ("meal_type_id", "=", (meal or self.lunch).id),
        ]
        if not kwargs.get("history"):
            domain.append(("is_current", "=", True))
        return self.env["meal.day.line"].search(domain, order="portion, revision")

    def _balance(self, student):
        student.account_id.invalidate_recordset()
        return round(student.account_id.posted * 100)

    def _fund(self, source, school=None):
        school = school or self.school
        code = source.code
        return (
            self.env["meal.account"]
            ._system("funding", school.company_id, school=school, code=code)
            ._balance()
        )

    def _supplier(self, school=None):
        school = school or self.school
        return (
            self.env["meal.account"]
            ._system("supplier", school.company_id, school=school, code="meals")
            ._balance()
        )

    def _count_transfers(self):
        return self.env["meal.transfer"].search_count([])

    def _sql(self, query, *args):
        self.env.flush_all()
        return self.env.execute_query(SQL(query, *args))
