"""A month of a school, with presence and frozen portions, for tests of timesheets."""

from datetime import date, datetime
from unittest.mock import patch
from uuid import uuid4

from .facts_common import MealFactsCase

MONTH = date(2026, 11, 1)
#: After the month: all of its days can be known.
LATER = "2026-12-01 09:00:00"


class TimesheetCase(MealFactsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        cls.enrolments = cls.env["school.enrolment"].sudo()
        cls.enrolments.search([]).filtered(
            lambda row: row.school_id == cls.school
        ).date_from = date(2026, 9, 1)
        cls.days = cls.env["school.calendar"]._school_days(
            MONTH, date(2026, 11, 30), cls.school, cls.class_5a
        )

    def _generate(self, kind, school_class=None):
        self.env["meal.timesheet"]._generate(self.school, MONTH)
        return self._sheet(kind, school_class)

    def _sheet(self, kind, school_class=None, version=1):
        return self.env["meal.timesheet"].search(
            [
                ("class_id", "=", (school_class or self.class_5a).id),
                ("month", "=", MONTH),
                ("kind", "=", kind),
                ("version", "=", version),
            ]
        )

    def _confirm(self, days=None, school_class=None):
        school_class = school_class or self.class_5a
        for day in self.days if days is None else days:
            self._confirm_class(school_class, day, datetime(2026, 11, 16, 6))

    def _absent(self, student, first, last, reason="illness", **vals):
        return self._report_absence(
            student,
            date(2026, 11, first),
            date(2026, 11, last),
            reason=reason,
            reported_at=datetime(2026, 11, first, 6),
            **vals,
        )

    def _close(self, days=None):
        for day in self.days if days is None else days:
            self._insert(
                "meal.day",
                **{"school_id": self.school.id, "date": day, "state": "closed"},
            )

    def _portion(self, student, day, meal, *parts, **vals):
        """A frozen portion; `parts` are (source, roubles)."""
        meal_day = self.env["meal.day"].search(
            [("school_id", "=", self.school.id), ("date", "=", day)]
        )
        line = self._insert(
            "meal.day.line",
            **{
                "day_id": meal_day.id,
                "school_id": self.school.id,
                "company_id": self.city.id,
                "date": day,
                "student_id": student.id,
                "class_id": student.class_id.id,
                "meal_type_id": meal.id,
                "age_group_id": self.older.id,
                "presence": "present",
                "outcome": "issued",
                "price": sum(amount for _source, amount in parts),
                **vals,
            },
        )
        for source, amount in parts:
            self._insert(
                "meal.day.part",
                **{
                    "line_id": line.id,
                    "source_id": source.id,
                    "amount": amount,
                    "transfer_uuid": str(uuid4()),
                },
            )
        return line

    def _no_commits(self):
        """A test runs in one transaction: a cron goes on without committing."""
        cron = type(self.env["ir.cron"])
        return patch.object(cron, "_commit_progress", return_value=60)

    def _row(self, sheet, student):
        rows = sheet._get_content()["rows"]
        return next(row for row in rows if row["student"] == student.id)
