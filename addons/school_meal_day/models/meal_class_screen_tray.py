import hashlib
import json

from odoo import api, fields, models

from ..const import LIVE_STATES


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
        if todo:
            prepare = self._prepare_given if first.value else self._prepare_undone
            school = school_class.sudo().school_id
            self._record_events(school, prepare(students, todo))
        return outcomes

    @api.model
    def _prepare_given(self, students, commands):
        ordered = self._get_live_orders(students, commands[0]).student_id
        return [
            {
                **self._prepare_event(command),
                "action": "given",
                "verdict": "ok" if command.student in ordered.ids else "not_ordered",
            }
            for command in commands
        ]

    @api.model
    def _prepare_undone(self, students, commands):
        given = self._get_given(students, commands[0])
        return [
            {
                **self._prepare_event(command),
                "action": "undone",
                "verdict": event.verdict,
                "undoes": event.event_key,
            }
            for command in commands
            for event in given
            if event.student_id.id == command.student
        ]

    @api.model
    def _prepare_event(self, command):
        return {
            "key": f"u{command.uuid}",
            "date": str(command.date),
            "meal": command.meal,
            "student_id": command.student,
            "source": "tray",
            "occurred_at": command.at or fields.Datetime.now(),
        }

    @api.model
    def _get_given(self, students, command):
        """Return the last portion of each student that was not taken back."""
        # sudo: of the students of a class that was checked
        events = (
            self.env["meal.issue.event"]
            .sudo()
            .search(
                [
                    ("student_id", "in", students.ids),
                    ("date", "=", command.date),
                    ("meal_type_id", "=", command.meal),
                    ("action", "in", ["given", "undone"]),
                ],
                order="id",
            )
        )
        undone = events.undoes_id
        given = {e.student_id: e for e in events if e.action == "given" and e not in undone}
        return events.browse(event.id for event in given.values())

    @api.model
    def _record_events(self, school, events):
        # sudo: teachers do not write events; the class was checked
        store = self.env["meal.issue.event"].sudo()
        known = {e.event_key: e for e in store.search([("event_key", "in", [x.get("undoes") for x in events])])}
        now = fields.Datetime.now()
        students = self.env["school.student"].sudo().browse(e["student_id"] for e in events)
        orders = self.env["meal.order"].sudo().search([("student_id", "in", students.ids), ("date", "=", events[0]["date"]), ("meal_type_id", "=", events[0]["meal"]), ("state", "in", LIVE_STATES)])
        by = {o.student_id.id: o.id for o in orders}
        store.create([{
            "event_key": e["key"], "payload_hash": hashlib.sha256(json.dumps(e, default=str, sort_keys=True).encode()).hexdigest(),
            "school_id": school.id, "company_id": school.company_id.id, "date": e["date"], "meal_type_id": e["meal"],
            "student_id": s.id, "class_id": s.class_id.id, "order_id": by.get(s.id), "action": e["action"], "verdict": e["verdict"],
            "source": e["source"], "undoes_id": known[e["undoes"]].id if e.get("undoes") else False, "occurred_at": e["occurred_at"],
            "received_at": now, "user_id": self.env.uid} for e, s in zip(events, students, strict=True)])
