"""A tablet at the serving hatch, and the events that it sends."""

from .common import MONDAY, MealDayCase


class IssueCase(MealDayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tablet = cls._tablet("Tablet")

    @classmethod
    def _tablet(cls, name, school=None):
        return cls.env["school.device"].create(
            {
                "name": name,
                "kind": "serving",
                "school_id": (school or cls.school).id,
            }
        )

    @classmethod
    def _order(cls, student, meal_type=None, date=MONDAY, **vals):
        grade = student.class_id.grade
        return (
            cls.env["meal.order"]
            .sudo()
            .create(
                {
                    "student_id": student.id,
                    "date": date,
                    "meal_type_id": (meal_type or cls.breakfast).id,
                    "school_id": student.school_id.id,
                    "class_id": student.class_id.id,
                    "company_id": student.company_id.id,
                    "age_group_id": (cls.young if grade <= 4 else cls.older).id,
                    "origin": "teacher",
                    **vals,
                }
            )
        )

    @classmethod
    def _card(cls, student, uid, state="active"):
        return cls.env["school.card"]._make(
            [{"student_id": student.id, "uid": uid, "state": state}]
        )

    def _event(self, sequence=1, **vals):
        return {
            "sequence": sequence,
            "date": str(MONDAY),
            "meal": "breakfast",
            "action": "given",
            "source": "tap",
            "occurred_at": "2026-11-16T06:41:00Z",
            **vals,
        }

    def _record(self, *events, device=None):
        device = device or self.tablet
        return self.env["meal.issue.event"]._record(
            device.school_id, list(events), device=device
        )

    def _school_events(self):
        return self.env["meal.issue.event"].search([("school_id", "=", self.school.id)])

    def _assert_one_portion(self):
        """At most one portion of an order is issued by the order and not taken back."""
        self.env.cr.execute(
            """
            SELECT max(portions) FROM (
                SELECT count(*) AS portions
                  FROM meal_issue_event g
                 WHERE g.school_id = %s AND g.action = 'given' AND g.verdict = 'ok'
                   AND NOT EXISTS (
                       SELECT FROM meal_issue_event u WHERE u.undoes_id = g.id)
                 GROUP BY g.order_id) x
            """,
            [self.school.id],
        )
        self.assertEqual(self.env.cr.fetchone()[0], 1)
