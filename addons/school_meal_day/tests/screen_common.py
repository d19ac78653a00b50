"""What tests of the class screen share."""

from uuid import uuid4

from .order_common import MONDAY, MORNING, OrderCase


class ScreenCase(OrderCase):
    """Monday at seven: the day can still be changed. `teacher` has class 5A."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        cls.teacher = cls.roles["teacher"]

    def setUp(self):
        super().setUp()
        self._at(MORNING)

    def _screen(self, role="teacher", school_class=None):
        model = self._as(role, self.env["meal.class.screen"])
        return model._get_screen(model._get_class((school_class or self.class_5a).id))

    def _cell(self, student, day=MONDAY):
        return self._screen()["cells"][str(day)][student.id]

    def _command(self, kind, student=None, meal=None, day=MONDAY, **vals):
        return {
            "uuid": str(uuid4()),
            "kind": kind,
            "date": str(day),
            "student": student.id if student else 0,
            "meal": meal.id if meal else 0,
            "value": True,
            "seen": "",
            **vals,
        }

    def _run(self, *commands, role="teacher", school_class=None):
        model = self._as(role, self.env["meal.class.screen"])
        school_class = model._get_class((school_class or self.class_5a).id)
        return model._run(school_class, list(commands))

    def _statuses(self, *commands, **kwargs):
        return [status for status, __ in self._run(*commands, **kwargs)]

    def _given(self, student):
        return self.env["meal.class.screen"]._get_given(student, {MONDAY})

    def _absences(self, student):
        return self.env["meal.absence"].search(
            [("student_id", "=", student.id), ("withdrawn_at", "=", False)]
        )
