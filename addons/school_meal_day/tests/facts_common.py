"""Facts of meal days as rows of the database, for tests of those who only read them.

In life each kind of fact has one service that writes it and guards that keep everybody
else away; what is tested here is what becomes of the rows.
"""

from datetime import datetime
from uuid import uuid4

from odoo.tools import SQL

from .common import MONDAY, MealDayCase


class MealFactsCase(MealDayCase):
    @classmethod
    def _insert(cls, model, **vals):
        """Write a row past the guards of its model; return it as superuser."""
        records = cls.env[model].sudo()
        required = [
            name
            for name, field in records._fields.items()
            if field.store and field.required
        ]
        if "company_id" in records._fields and "school_id" in vals:
            school = cls.env["school.school"].browse(vals["school_id"])
            vals.setdefault("company_id", school.company_id.id)
        vals = {**records.default_get(required), **vals}
        cls.env.flush_all()
        columns = SQL(", ").join(SQL.identifier(name) for name in vals)
        values = SQL(", ").join(SQL("%s", value) for value in vals.values())
        cls.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) VALUES (%s) RETURNING id",
                SQL.identifier(records._table),
                columns,
                values,
            )
        )
        (row_id,) = cls.env.cr.fetchone()
        cls.env.invalidate_all()
        return records.browse(row_id)

    @classmethod
    def _update(cls, record, **vals):
        """Change a row past the guards of its model."""
        cls.env.flush_all()
        changes = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), value) for name, value in vals.items()
        )
        cls.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id = %s",
                SQL.identifier(record._table),
                changes,
                record.id,
            )
        )
        cls.env.invalidate_all()

    def _confirm_class(self, school_class, day, at):
        return self._insert(
            "meal.attendance",
            class_id=school_class.id,
            school_id=school_class.school_id.id,
            date=day,
            confirmed_at=at,
        )

    def _report_absence(self, student, first, last, **vals):
        return self._insert(
            "meal.absence",
            **{
                "student_id": student.id,
                "school_id": student.school_id.id,
                "class_id": student.class_id.id,
                "date_from": first,
                "date_to": last,
                "reason": "illness",
                "source": "teacher",
                **vals,
            },
        )


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
        self._confirm_class(school_class, day, datetime(2026, 11, 16, 5, 30))

    def _absent(self, student, day=MONDAY, **vals):
        reported_at = datetime(day.year, day.month, day.day, 5)
        return self._report_absence(
            student, day, day, **{"reported_at": reported_at, **vals}
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
