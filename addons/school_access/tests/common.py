"""A school with an entrance for tests of access control."""

from datetime import datetime
from uuid import uuid4

from odoo.tools import SQL

from odoo.addons.school_meal_base.tests.common import SchoolMealCase

#: A Tuesday, 08:10 at the school (Moscow).
MORNING = datetime(2026, 11, 17, 5, 10)


class AccessCase(SchoolMealCase):
    """`cls.site` of `cls.school`: one turnstile `cls.point` into `cls.zone` with
    `cls.controller` (readers 1 in, 2 out). `cls.person` is `cls.student`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.site = cls.env["access.site"].create(
            {"name": "Main site", "school_id": cls.school.id}
        )
        cls.zone = cls.env["access.zone"].create(
            {"name": "Main building", "site_id": cls.site.id}
        )
        cls.point = cls.env["access.point"].create(
            {"name": "Entrance", "site_id": cls.site.id, "zone_id": cls.zone.id}
        )
        cls.controller = cls._new_controller(cls.point, "44374")
        cls.person = cls._person_of(cls.student)

    @classmethod
    def _new_controller(cls, point, serial, **values):
        return cls.env["access.controller"].create(
            {
                "name": f"Controller {serial}",
                "point_id": point.id,
                "serial": serial,
                "reader_ids": [
                    (0, 0, {"number": 1, "direction": "in"}),
                    (0, 0, {"number": 2, "direction": "out"}),
                ],
                **values,
            }
        )

    @classmethod
    def _person_of(cls, student):
        people = cls.env["access.person"]
        return people.search([("student_id", "=", student.id)]) or people.create(
            {"kind": "student", "student_id": student.id}
        )

    @classmethod
    def _pass(cls, person, direction="in", at=MORNING, controller=None, **values):
        """Record a passage and return what was answered."""
        event = {
            "controller": (controller or cls.controller).id,
            "key": str(uuid4()),
            "occurred_at": at,
            "kind": "pass",
            "direction": direction,
            "person": person.id,
            "verdict": "granted",
            **values,
        }
        return cls.env["access.event"]._record([event])[0]

    def _numbers_taken(self, *tables):
        """Return how far the ids of tables have run; they are 32 bits wide, and what
        is done all day long must not use them up."""
        self.env.flush_all()
        taken = []
        for table in tables:
            sequence = SQL.identifier(f"{table}_id_seq")
            taken += self.env.execute_query(SQL("SELECT last_value FROM %s", sequence))
        return taken
