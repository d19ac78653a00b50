"""What tests of orders share: the clock, states and histories."""

from datetime import date, datetime, timedelta

from freezegun import freeze_time

from .common import MONDAY, MealDayCase

TUESDAY = MONDAY + timedelta(days=1)
SUNDAY = MONDAY - timedelta(days=1)
#: In Moscow: Sunday noon; Monday seven, nine and ten o'clock.
BEFORE, MORNING = datetime(2026, 11, 15, 9, 0), datetime(2026, 11, 16, 4, 0)
CUT_OFF, LATE = datetime(2026, 11, 16, 6, 0), datetime(2026, 11, 16, 7, 0)


class OrderCase(MealDayCase):
    """The clock stands at Sunday noon before `MONDAY`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order_model = cls.env["meal.order"]
        enrolments = cls.env["school.enrolment"].search(
            [("company_id", "in", (cls.city + cls.other_city).ids)]
        )
        enrolments.write({"date_from": date(2026, 9, 1)})

    def setUp(self):
        super().setUp()
        self._at(BEFORE)

    def _at(self, moment):
        """Set the clock (UTC)."""
        if getattr(self, "_clock", None):
            self._clock.move_to(moment)  # much faster than to freeze it anew
        else:
            clock = freeze_time(moment)
            self._clock = clock.start()
            self.addCleanup(clock.stop)

    def _generate(self, day=MONDAY, schools=None):
        return self.order_model._generate(schools or self.school, day)

    def _orders(self, student, day=MONDAY, meal=None):
        domain = [("student_id", "in", student.ids), ("date", "=", day)]
        if meal:
            domain.append(("meal_type_id", "=", meal.id))
        return self.order_model.search(domain)

    def _place(self, student, day=MONDAY, origin="operator", **kwargs):
        kwargs.setdefault("meal_type", self.lunch)
        return self.order_model._place(student, day, origin=origin, **kwargs)

    def _order(self, student, day=MONDAY, **kwargs):
        orders, refusals = self._place(student, day, **kwargs)
        self.assertFalse(refusals)
        return orders

    def _history(self, orders):
        """Return [(from, to, reason, is late), …] in the order of time."""
        return [
            (row.from_state or None, row.to_state, row.reason, row.is_late)
            for row in orders.change_ids.sorted("id")
        ]

    def _choose(self, student, mode="order", **vals):
        return self.env["meal.choice"].create(
            {
                "student_id": student.id,
                "mode": mode,
                "meal_type_id": self.lunch.id,
                "date_from": date(2026, 9, 1),
                **vals,
            }
        )

    def _period(self, kind, day=MONDAY, classes=None, schools=None, **vals):
        return self.env["school.calendar.period"].create(
            {
                "kind": kind,
                "company_id": self.city.id,
                "date_from": day,
                "class_ids": classes and [(6, 0, classes.ids)],
                "school_ids": schools and [(6, 0, schools.ids)],
                **vals,
            }
        )

    def _report(self, student, day=MONDAY, last=None, **kwargs):
        values = {"reason": "illness", "source": "parent", **kwargs}
        return self.env["meal.absence"]._report(student, day, last or day, **values)
