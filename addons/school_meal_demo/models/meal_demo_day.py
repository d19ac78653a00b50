from collections import defaultdict
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import Command, api, models

from .. import clock

#: Of a hundred: families of paying students with a standing choice, by meal.
CHOICES = {"breakfast": 15, "lunch": 30}
#: Of a thousand students on a day.
ABSENT = 60
LATE_ABSENT = 8
NOT_CLAIMED = 12
SECOND = 3
#: (days after the first, reason, who tells)
REPORTS = (
    (0, "illness", "parent"),
    (0, "family", "parent"),
    (0, "unknown", "teacher"),
    (1, "illness", "teacher"),
    (3, "illness", "parent"),
)


class MealDemo(models.AbstractModel):
    """Days of set meals: ordered in the evening, cooked, issued, closed."""

    _inherit = "meal.demo"

    @api.model
    def _create_choices(self, company, chance):
        """What families have decided in September."""
        students = self.env["school.student"].search([("company_id", "=", company.id)])
        begin = self._get_history_begin(students.school_id[:1])
        # the children of those who may sign in to look at the demo
        shown = students.filtered("guardian_ids.partner_id.user_ids")
        values = []
        for student in students:
            for code, share in CHOICES.items():
                is_free = student.class_id.grade <= 4 and code == "breakfast"
                is_shown = student in shown and code == "lunch"
                if not is_free and (is_shown or chance.random() * 100 < share):
                    values.append(
                        {
                            "student_id": student.id,
                            "meal_type_id": self._meal_type(code).id,
                            "date_from": begin,
                            "weekdays": chance.choice((False, False, False, "135")),
                            "origin": "parent",
                        }
                    )
        self.env["meal.choice"].create(values)

    @api.model
    def _at(self, school, day, hour, minute=0):
        """Set the clock to a local time of the school's day."""
        return clock.at(datetime.combine(day, time(hour, minute), ZoneInfo(school.tz)))

    @api.model
    def _play_meals(self, school, day, is_closed, chance, agenda):
        """One day of set meals of a school, from the evening before; decisions on
        benefits are made in the course of it."""
        orders = self.env["meal.order"]
        self._play_benefits(agenda, school, day - timedelta(days=1))
        evening = self.env["school.calendar"]._get_forecast_day(school, day)
        self._serve_menus(school, day)
        with self._at(school, evening, 17):
            orders._generate(school, day)
        with self._at(school, evening, 18, 5):
            school._pass_cutoffs(day)
        with self._at(school, day, 8, 20):
            self._report_absences(school, day, ABSENT, chance)
            for school_class in school.class_ids:
                self.env["meal.attendance"]._confirm(school_class, day)
        with self._at(school, day, 9, 5):
            school._pass_cutoffs(day)
        with self._at(school, day, 9, 30):
            self._report_absences(school, day, LATE_ABSENT, chance)
        self._play_benefits(agenda, school, day)
        with self._at(school, day, 12):
            self._issue_portions(school, day, chance)
        if is_closed:
            with self._at(school, day, 15):
                self._close_day(school, day)

    @api.model
    def _serve_menus(self, school, day):
        """The menus of the day come from the cycle; the head approves them."""
        with self._at(school, day - timedelta(days=3), 14):
            menus = self.env["meal.menu"]._generate(school, day, day)
            menus.action_approve()

    @api.model
    def _close_day(self, school, day):
        """Decide what is not plain in the usual way, and close."""
        meal_day = self.env["meal.day"]._get_or_make(school, day)
        meal_day._find_exceptions()
        meal_day.exception_ids.filtered(lambda one: not one.outcome).action_usual()
        meal_day._close()

    @api.model
    def _report_absences(self, school, day, share, chance):
        students = school.student_ids.filtered(lambda s: s.state == "enrolled")
        reports = defaultdict(students.browse)
        for student in students:
            if chance.random() * 1000 < share:
                reports[chance.choice(REPORTS)] += student
        for (days, reason, source), absent in reports.items():
            self.env["meal.absence"]._report(
                absent,
                day,
                day + timedelta(days=days),
                reason=reason,
                source=source,
            )

    @api.model
    def _issue_portions(self, school, day, chance):
        """The tablet at the hatch: cards, a few searches, a few second portions."""
        tablet = self._get_tablet(school)
        orders = self.env["meal.order"].search(
            [
                ("school_id", "=", school.id),
                ("date", "=", day),
                ("state", "=", "cooked"),
            ]
        )
        events = []
        for place, order in enumerate(orders):
            if chance.random() * 1000 < NOT_CLAIMED:
                continue
            portions = 2 if chance.random() * 1000 < SECOND else 1
            for number in range(portions):
                minute = 20 if order.meal_type_id.code == "breakfast" else 200
                moment = self._local_to_utc(school, day, minute + place % 40 + number)
                events.append(
                    {
                        "sequence": (day.toordinal() - 730_000) * 10_000 + len(events),
                        "date": str(day),
                        "meal": order.meal_type_id.code,
                        "student": order.student_id.id,
                        "action": "given",
                        "verdict": "second" if number else "ok",
                        "source": "tap" if chance.random() < 0.9 else "search",
                        "occurred_at": f"{moment.isoformat()}Z",
                    }
                )
        answers = self.env["meal.issue.event"]._record(school, events, device=tablet)
        assert all(answer["status"] == "created" for answer in answers), answers[:3]

    @api.model
    def _get_cooked(self, school, day):
        return self.env["meal.order"].search(
            [
                ("school_id", "=", school.id),
                ("date", "=", day),
                ("state", "=", "cooked"),
            ]
        )

    @api.model
    def _get_last_month(self, school):
        """Return the first day of the month before this one."""
        today = self.env["school.calendar"]._local_date(school)
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1)

    @api.model
    def _play_month_before(self, school, chance, agenda):
        """Free meals of a whole month, so that there are timesheets to sign."""
        last = self._get_history_begin(school) - timedelta(days=1)
        days = self.env["school.calendar"]._school_days(
            self._get_last_month(school), last, school
        )
        for number, day in enumerate(days):
            self._play_meals(school, day, True, chance, agenda)
            if number % 5 == 0:
                self._count_rows()

    @api.model
    def _make_timesheets(self, school):
        self.env["meal.timesheet"]._generate(school, self._get_last_month(school))

    @api.model
    def _prepare_today(self, school):
        """Today is taught, whatever the calendar says, so that there is something to
        issue; the class of the demo's teacher waits for its teacher."""
        calendar, orders = self.env["school.calendar"], self.env["meal.order"]
        today = calendar._local_date(school)
        if not calendar._is_school_day(today, school):
            self.env["school.calendar.period"].create(
                {
                    "name": "Учебный день",
                    "kind": "extra_day",
                    "company_id": school.company_id.id,
                    "school_ids": [Command.set(school.ids)],
                    "date_from": today,
                }
            )
        tomorrow = calendar._next_school_day(today, school)
        self._serve_menus(school, today)
        self._serve_menus(school, tomorrow)
        with self._at(school, calendar._get_forecast_day(school, today), 17):
            orders._generate(school, today)
        if calendar._local_datetime(school).hour >= 9:
            with self._at(school, today, 8, 30):
                for school_class in school.class_ids.filtered(
                    lambda c: not c.teacher_id
                ):
                    self.env["meal.attendance"]._confirm(school_class, today)
            with self._at(school, today, 9, 5):
                school._pass_cutoffs(today)
        self.env["meal.requirement"].create({"school_id": school.id, "date": today})
        orders._generate(school, tomorrow)

    @api.model
    def _get_tablet(self, school):
        devices = self.env["school.device"]
        tablet = devices.search(
            [("school_id", "=", school.id), ("kind", "=", "serving")], limit=1
        )
        return tablet or devices.create(
            {
                "name": f"Планшет раздачи, {school.short_name}",
                "kind": "serving",
                "school_id": school.id,
            }
        )
