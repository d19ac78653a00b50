from odoo import api, models
from odoo.tools import SQL

from ..const import ALLERGEN_REASONS, ISSUE_REASONS
from ..domain.class_commands import SERVED_DAYS


class MealClassScreen(models.AbstractModel):
    """The tray: a teacher confirms at the table which portions were served."""

    _inherit = "meal.class.screen"

    @api.model
    def _do_served(self, school_class, commands):
        first = commands[0]
        students, outcomes = self._split(
            school_class,
            commands,
            lambda command, cell: (
                cell["served"].get(command.meal, ""),
                command.value or "",
            ),
        )
        todo = [c for c in commands if c.student in students.ids]
        if todo and first.value:
            todo, refused = self._refuse_stopped(school_class, students, todo)
            outcomes |= refused
        if todo:
            prepare = self._prepare_given if first.value else self._prepare_undone
            events = prepare(school_class, students, todo)
            outcomes |= self._record_served(school_class, todo, events)
        return outcomes

    @api.model
    def _refuse_stopped(self, school_class, students, commands):
        """Return (commands that may go on, outcomes of the others): a portion with an
        allergen of the student is given out for a reason only."""
        stops = self._get_tray_stops(school_class, students, commands[0].date)
        # not which one: health is told to those who may read it
        message = self.env._(
            "STOP: this meal must not be given to the student for health reasons. Give"
            " it only with a reason."
        )
        refused = {
            command.uuid: ("refused", message)
            for command in commands
            if (command.student, command.meal) in stops
            and command.reason not in ALLERGEN_REASONS
        }
        return [c for c in commands if c.uuid not in refused], refused

    @api.model
    def _get_tray_stops(self, school_class, students, day):
        """Return {(student id, meal id)} of portions with the student's allergen."""
        # sudo: of the students of a class that was checked; who may not read of health
        # learns that there is a stop, as at the serving hatch
        rows = (
            self.env["meal.serving.day"]
            .sudo()
            ._get_stops(
                school_class.sudo().school_id,
                day,
                SQL("s.id = ANY(%s)", students.ids),
            )
        )
        return {(student, meal) for student, meal, _allergens in rows}

    @api.model
    def _read_stops(self, school_class, students, day, cells):
        for student, meal in self._get_tray_stops(school_class, students, day):
            cells[student]["stops"][meal] = True

    @api.model
    def _get_stop_reasons(self):
        labels = dict(
            self.env["meal.issue.event"]
            ._fields["reason"]
            ._description_selection(self.env)
        )
        return [
            {"code": code, "name": labels[code]}
            for code, __ in ISSUE_REASONS
            if code in ALLERGEN_REASONS
        ]

    @api.model
    def _record_served(self, school_class, commands, events):
        """Record {student id: event}; return the outcomes of what was not recorded."""
        asked = [command for command in commands if command.student in events]
        # sudo: teachers write no events; the class was checked
        answers = (
            self.env["meal.issue.event"]
            .sudo()
            ._record(
                school_class.sudo().school_id,
                [events[command.student] for command in asked],
                user=self.env.user,
            )
        )
        outcomes = {
            command.uuid: ("refused", answer["message"])
            for command, answer in zip(asked, answers, strict=True)
            if answer["status"] not in ("created", "exists")
        }
        by_card = self.env._("This portion was given out by card: undo it there.")
        outcomes |= {
            command.uuid: ("refused", by_card)
            for command in commands
            if command.student not in events
        }
        return outcomes

    @api.model
    def _prepare_given(self, school_class, students, commands):
        ordered = self._get_live_orders(students, commands[0]).student_id
        return {
            command.student: {
                **self._prepare_event(command),
                "action": "given",
                "verdict": "ok" if command.student in ordered.ids else "not_ordered",
            }
            for command in commands
        }

    @api.model
    def _prepare_undone(self, school_class, students, commands):
        """Take back portions that a screen has recorded; a tablet undoes its own."""
        given = self._get_given(students, {commands[0].date})
        keys = {
            event.student_id.id: event.event_key.removeprefix("u")
            for event in given.filtered(lambda event: not event.device_id)
            if event.meal_type_id.id == commands[0].meal
        }
        return {
            command.student: {
                **self._prepare_event(command),
                "action": "undone",
                "undoes": keys[command.student],
            }
            for command in commands
            if command.student in keys
        }

    @api.model
    def _prepare_event(self, command):
        # sudo: meals are the same for everybody
        meal = self.env["meal.type"].sudo().browse(command.meal).exists()
        return {
            "uuid": command.uuid,
            "date": str(command.date),
            "meal": meal.code or "",
            "student": command.student,
            "source": "tray",
            "reason": command.reason or None,
            "occurred_at": command.at and command.at.isoformat(),
        }

    @api.model
    def _is_served_day(self, school_class, day):
        """A tray is confirmed on its day; a phone that was offline may come later."""
        # sudo: the clock of the class's school
        today = self.env["school.calendar"]._local_date(school_class.sudo().school_id)
        return 0 <= (today - day).days <= SERVED_DAYS

    @api.model
    def _get_given(self, students, days):
        """Return the issue events of portions that were given and not taken back."""
        # sudo: of the students of a class that was checked
        events = (
            self.env["meal.issue.event"]
            .sudo()
            .search_fetch(
                [
                    ("student_id", "in", students.ids),
                    ("date", "in", list(days)),
                    ("action", "in", ["given", "undone"]),
                ],
                ["student_id", "date", "meal_type_id", "action", "undoes_id"],
                order="id",
            )
        )
        undone = events.undoes_id
        return events.filtered(lambda e: e.action == "given" and e not in undone)
