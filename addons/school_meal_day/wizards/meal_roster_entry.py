from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..const import LIVE_STATES
from ..domain import roster_code
from ..models.database_secret import get_secret
from .meal_roster_entry_line import ISSUED, OFF, ORDERED, STOP


class MealRosterEntry(models.TransientModel):
    """A paper list typed back: everybody who ordered got the meal, except …

    Saved twice, nothing doubles: only students without a portion get an event.
    """

    _name = "meal.roster.entry"
    _description = "Type Back a Paper List"

    sheet_code = fields.Char(
        "Number of the sheet",
        help="Under the code at the top of the sheet: scan or type it.",
    )
    school_id = fields.Many2one(
        "school.school",
        required=True,
        default=lambda self: self.env["school.class"]._default_school(),
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    class_id = fields.Many2one(
        "school.class", "Class", domain="[('school_id', '=', school_id)]"
    )
    meal_type_id = fields.Many2one("meal.type", "Meal")
    line_ids = fields.One2many("meal.roster.entry.line", "entry_id", "Students")
    given_count = fields.Integer("Portions", compute="_compute_given_count")

    @api.depends("class_id", "date")
    def _compute_display_name(self):
        for entry in self:
            entry.display_name = (
                entry.class_id.name
                and f"{entry.class_id.name}, {format_date(self.env, entry.date)}"
            ) or self.env._("Paper list")

    @api.depends("line_ids.is_given")
    def _compute_given_count(self):
        for entry in self:
            entry.given_count = len(entry.line_ids.filtered("is_given"))

    # === ONCHANGE === #

    @api.onchange("sheet_code")
    def _onchange_sheet_code(self):
        if not self.sheet_code:
            return None
        secret = get_secret(self.env)
        found = roster_code.parse_sheet_code(secret, self.sheet_code)
        school_class = self.env["school.class"].search(
            [("id", "=", found[0] if found else 0)]
        )
        if not school_class:
            self.sheet_code = False
            return {
                "warning": {
                    "title": self.env._("This is not the number of a sheet"),
                    "message": self.env._(
                        "Compare it with the paper, or choose the class and the day."
                    ),
                }
            }
        self.school_id = school_class.school_id
        self.class_id = school_class
        self.date = found[1]
        return None

    @api.onchange("school_id")
    def _onchange_school_id(self):
        if self.class_id.school_id != self.school_id:
            self.class_id = False

    @api.onchange("class_id", "date", "meal_type_id")
    def _onchange_sheet(self):
        self.line_ids = [fields.Command.clear()]
        if self.class_id and self.date and self.meal_type_id:
            self.line_ids = [
                fields.Command.create(vals) for vals in self._prepare_lines()
            ]

    def _prepare_lines(self):
        students = self.env["school.student"].search(
            [("class_id", "=", self.class_id.id), ("state", "=", "enrolled")]
        )
        orders = self._get_orders(students)
        issued = self._get_issued(students)
        stops = self._get_stops()
        for student in students:
            order = orders.get(student.id)
            event = issued.get(student.id)
            stop = stops.get(student.id)
            is_live = order and order.state in LIVE_STATES
            if event:
                state = ISSUED
            elif stop:
                state = STOP
            else:
                state = ORDERED if is_live else OFF
            yield {
                "student_id": student.id,
                "state": state,
                "is_given": state in (ISSUED, ORDERED),
                "variant_name": order.variant_id.name if order else False,
                "stop": stop,
                "issued_at": event.occurred_at if event else False,
            }

    def _get_stops(self):
        """Return {student id: names of the allergens in the meal}."""
        # sudo: of health only what stands on the serving screen and the paper.
        stops = self.env["meal.roster"].sudo()._get_stops(self.school_id, self.date)
        return {
            student: names
            for (student, meal), names in stops.items()
            if meal == self.meal_type_id.id
        }

    def _get_orders(self, students):
        orders = self.env["meal.order"].search(
            [
                ("student_id", "in", students.ids),
                ("date", "=", self.date),
                ("meal_type_id", "=", self.meal_type_id.id),
            ]
        )
        return {order.student_id.id: order for order in orders}

    def _get_issued(self, students):
        """Return {student id: event} of portions that were not taken back."""
        events = self.env["meal.issue.event"].search(
            self._get_event_domain(students), order="id"
        )
        undone = events.undoes_id
        given = events.filtered(lambda event: event.action == "given") - undone
        return {event.student_id.id: event for event in given}

    def _get_event_domain(self, students):
        return [
            ("student_id", "in", students.ids),
            ("date", "=", self.date),
            ("meal_type_id", "=", self.meal_type_id.id),
        ]

    # === ACTION METHODS === #

    def action_save(self):
        """Record the marks; what tablets have recorded is not touched."""
        self.ensure_one()
        self.school_id.check_access("read")
        self.class_id.check_access("read")
        self.line_ids.student_id.check_access("read")
        self._check_may_enter()
        if not self.class_id or not self.meal_type_id:
            raise UserError(self.env._("Choose the class and the meal of the sheet."))
        events = list(self._prepare_events())
        # sudo: events are written by this method only, which has checked who asks.
        answers = (
            self.env["meal.issue.event"]
            .sudo()
            ._record(self.school_id, events, user=self.env.user)
        )
        problems = [answer for answer in answers if answer["status"] == "rejected"]
        if problems:
            raise UserError(problems[0]["message"])
        return self._answer(answers)

    def _check_may_enter(self):
        schools = self.env["meal.serving.pairing"]._get_schools()
        if self.school_id not in schools:
            raise UserError(
                self.env._(
                    "Lists are typed back by canteen workers and those responsible for"
                    " meals of the school."
                )
            )

    def _prepare_events(self):
        students = self.line_ids.student_id
        issued = self._get_issued(students)
        undone = self._count_undone(students)
        stops = self._get_stops()
        for line in self.line_ids:
            student = line.student_id
            event = issued.get(student.id)
            turn = undone.get(student.id, 0)
            vals = self._prepare_event(student, turn)
            if line.is_given and not event:
                if student.id in stops:
                    self._check_reason(line)
                yield {**vals, "reason": line.reason or None}
            elif event and not line.is_given and event.source in ("paper", "typed"):
                yield {
                    **vals,
                    "uuid": f"{vals['uuid']}-back",
                    "action": "undone",
                    "undoes": event.event_key.removeprefix("u"),
                }

    def _check_reason(self, line):
        if not line.reason:
            raise UserError(
                self.env._(
                    "%s must not get this meal: it has an allergen. Take the mark away,"
                    " or choose why it was given out all the same.",
                    line.student_id.display_name,
                )
            )

    def _prepare_event(self, student, turn):
        return {
            "uuid": f"P{self.date:%Y%m%d}-{self.meal_type_id.id}-{student.id}-{turn}",
            "date": str(self.date),
            "meal": self.meal_type_id.code,
            "student": student.id,
            "action": "given",
            "source": "paper" if self.sheet_code else "typed",
            "occurred_at": self._get_moment().isoformat(),
            "offline": True,
        }

    def _get_moment(self):
        """Return noon of a past day, at the school; nobody wrote the hour down."""
        now = fields.Datetime.now()
        if self.date >= self.env["meal.serving.day"]._get_today(self.school_id):
            return now
        zone = pytz.timezone(self.school_id.tz or "UTC")
        noon = zone.localize(datetime.combine(self.date, time(12)))
        return min(noon.astimezone(pytz.utc).replace(tzinfo=None), now)

    def _count_undone(self, students):
        groups = self.env["meal.issue.event"]._read_group(
            [*self._get_event_domain(students), ("action", "=", "undone")],
            ["student_id"],
            ["__count"],
        )
        return {student.id: count for student, count in groups}

    def _answer(self, answers):
        created = sum(answer["status"] == "created" for answer in answers)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Class %(school_class)s: %(count)s marks recorded.",
                    school_class=self.class_id.name,
                    count=created,
                ),
                "next": {
                    "type": "ir.actions.act_window",
                    "name": self.env._("Type back a paper list"),
                    "res_model": self._name,
                    "views": [(False, "form")],
                    "target": "current",
                    "context": {
                        "default_school_id": self.school_id.id,
                        "default_date": str(self.date),
                        "default_meal_type_id": self.meal_type_id.id,
                    },
                },
            },
        }
