import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, file_open

from ..const import ISSUE_ACTIONS, ISSUE_REASONS, ISSUE_SOURCES, ISSUE_VERDICTS
from ..domain import issue_event
from .database_secret import keyed_digest

INCIDENT_CONFLICT = "issue_conflict"


class MealIssueEvent(models.Model):
    """A portion crossed the serving hatch, or was refused there; append-only.

    Recorded even when it should not have happened. ``event_key`` makes every delivery
    repeatable: ``d<device>:<sequence>`` of a device, ``u<uuid>`` of a person's screen.
    No card numbers and no names are kept here. Rows come from the SQL function
    ``meal_issue_record`` only (``sql/issue.sql``).
    """

    _name = "meal.issue.event"
    _description = "Issue of a Portion"
    _inherit = ["meal.frozen.mixin"]
    _order = "occurred_at desc, id desc"
    _log_access = False

    event_key = fields.Char(required=True, readonly=True, size=64)
    payload_hash = fields.Char(required=True, readonly=True)
    device_id = fields.Many2one("school.device", readonly=True, ondelete="restrict")
    sequence = fields.Integer(readonly=True)
    school_id = fields.Many2one(
        "school.school", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    meal_type_id = fields.Many2one("meal.type", "Meal", required=True, readonly=True)
    student_id = fields.Many2one("school.student", readonly=True, ondelete="restrict")
    class_id = fields.Many2one("school.class", readonly=True, ondelete="restrict")
    order_id = fields.Many2one("meal.order", readonly=True, ondelete="restrict")
    undone_before = fields.Integer(
        readonly=True,
        help="How many portions the student had given back when this one was issued.",
    )
    action = fields.Selection(ISSUE_ACTIONS, required=True, readonly=True)
    verdict = fields.Selection(ISSUE_VERDICTS, required=True, readonly=True)
    claimed_verdict = fields.Selection(
        ISSUE_VERDICTS,
        "Verdict on the tablet",
        readonly=True,
        help="What the tablet showed; it differs where it had older data.",
    )
    source = fields.Selection(ISSUE_SOURCES, required=True, readonly=True)
    reason = fields.Selection(ISSUE_REASONS, readonly=True)
    undoes_id = fields.Many2one("meal.issue.event", readonly=True, ondelete="restrict")
    is_offline = fields.Boolean("Recorded without network", readonly=True)
    occurred_at = fields.Datetime(required=True, readonly=True)
    received_at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Entered by", readonly=True)

    _event_key_uniq = models.Constraint(
        "UNIQUE (event_key)", "This event has already been recorded."
    )
    _undone_once = models.UniqueIndex(
        "(undoes_id) WHERE undoes_id IS NOT NULL", "This event is already undone."
    )
    _portion_once = models.UniqueIndex(
        "(order_id, undone_before) WHERE action = 'given' AND verdict = 'ok'",
        "The ordered portion has already been given out.",
    )
    _school_day_idx = models.Index("(school_id, date)")
    _student_day_idx = models.Index("(student_id, date) WHERE student_id IS NOT NULL")
    _order_idx = models.Index("(order_id) WHERE order_id IS NOT NULL")
    _device_idx = models.Index("(device_id, sequence) WHERE device_id IS NOT NULL")

    def init(self):
        super().init()
        with file_open("school_meal_day/sql/issue.sql") as script:
            # A constant script of this add-on: no value is put into it.
            self.env.cr.execute(script.read())
        self.env.cr.execute(
            """
            CREATE OR REPLACE TRIGGER meal_issue_event_append_only
            BEFORE UPDATE OR DELETE ON meal_issue_event
            FOR EACH ROW EXECUTE FUNCTION meal_refuse_change(
                'Issue events are never changed or deleted: undo them instead');
            CREATE OR REPLACE TRIGGER meal_issue_event_no_truncate
            BEFORE TRUNCATE ON meal_issue_event
            FOR EACH STATEMENT EXECUTE FUNCTION meal_refuse_change(
                'Issue events are never changed or deleted: undo them instead');
            DROP FUNCTION IF EXISTS meal_issue_event_is_append_only();
            """
        )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(self._frozen_message())  # see _record

    def _frozen_message(self):
        return self.env._(
            "Issue events are never entered, changed or deleted by hand: they come from"
            " the serving page and from typed lists, and are undone there."
        )

    # === BUSINESS METHODS === #

    @api.model
    def _record(self, school, events, device=None, user=None):
        """Record events of a school; each on its own merits, any number of times.

        A verdict refuses nothing: what has happened is recorded. The caller has checked
        that the device or user may issue meals at the school.

        :param school: `school.school`
        :param list events: dicts as devices send them (``domain/issue_event.py``); a
            person's screen sends ``uuid`` instead of ``sequence``
        :param device: `school.device` they come from
        :param user: `res.users` who entered them
        :return: a dict per event, in their order: ``status`` (created, exists,
            conflict, rejected), ``sequence``; of what is recorded ``id``, ``verdict``
            and ``student``, of what is not ``error`` and ``message``
        """
        self.env.flush_all()
        answers = self._write_batch(school, events, device, user)
        self._report_conflicts(school, device, answers)
        return answers

    def _write_batch(self, school, events, device, user=None):
        """Record without the incidents: see :meth:`_record`."""
        now = fields.Datetime.now()
        prefix = f"d{device.id}:" if device else "u"
        answers, asked, known = [], [], {}
        for position, raw in enumerate(events):
            answers.append(
                {"sequence": raw.get("sequence") if isinstance(raw, dict) else None}
            )
            try:
                event = issue_event.parse(raw, prefix, now)
            except issue_event.EventError as error:
                answers[-1] |= self._rejection(error.code)
                continue
            event["n"] = position
            event["hash"] = self._digest(event)
            first = known.setdefault(event["key"], event)
            if first is event:
                asked.append(event)
        rows = self._write_events(school, asked, device, user, now)
        for position, status, event_id, verdict, student_id in rows:
            answers[position] |= self._answer(status, event_id, verdict, student_id)
        self._answer_repeats(events, answers, known, prefix, now)
        return answers

    def _write_events(self, school, events, device, user, now):
        if not events:
            return []
        return self.env.execute_query(
            SQL(
                "SELECT * FROM meal_issue_record(%s::jsonb, %s, %s, %s, %s)",
                json.dumps(events, default=str),
                school.id,
                device.id if device else None,
                user.id if user else None,
                now,
            )
        )

    def _digest(self, event):
        """Return what tells two events apart. Keyed: nobody finds the number of a card
        by trying all numbers."""
        content = [event[name] for name in issue_event.CONTENT]
        return keyed_digest(self.env, json.dumps(content, default=str))

    def _answer(self, status, event_id, verdict, student_id):
        if status in ("created", "exists", "conflict"):
            answer = {
                "status": status,
                "id": event_id,
                "verdict": verdict,
                "student": student_id,
            }
            if status == "conflict":
                answer |= {"error": status, "message": self._sentence(status)}
            return answer
        return self._rejection(status)

    def _answer_repeats(self, events, answers, known, prefix, now):
        """Answer events whose number another event of the same batch has."""
        for position, answer in enumerate(answers):
            if "status" in answer:
                continue
            event = issue_event.parse(events[position], prefix, now)
            first = known[event["key"]]
            found = answers[first["n"]]
            same = self._digest(event) == first["hash"]
            if same or found["status"] == "rejected":
                answer |= {**found, "sequence": answer["sequence"]}
                if found["status"] == "created":
                    answer["status"] = "exists"
            else:
                answer |= self._answer(
                    "conflict", found["id"], found["verdict"], found["student"]
                )

    def _rejection(self, code):
        return {"status": "rejected", "error": code, "message": self._sentence(code)}

    def _sentence(self, code):
        """Return why an event is not recorded, and what to do."""
        _ = self.env._
        return {
            "event": _("This is not an event: send an object with the fields named."),
            "sequence": _("The number of the event is missing or is not a number."),
            "date": _(
                "The date is missing, in the future, or too long ago. Check the clock"
                " of the tablet; enter the portion in the list of the class."
            ),
            "occurred_at": _("The time of the event cannot be read."),
            "meal": _("There is no such meal. Refresh the data of the tablet."),
            "student": _(
                "There is no such student in the municipality. Enter the portion in the"
                " list of the class."
            ),
            "card": _("The number of the card cannot be read."),
            "action": _("It is not said whether the portion was given out."),
            "verdict": _("The verdict of the tablet is not one of those known."),
            "source": _("It is not said how the student was found."),
            "reason": _("The reason is not a short text."),
            "undoes": _("There is no issue that this event could take back."),
            "already_undone": _("This issue has already been taken back."),
            "conflict": _(
                "Another event has this number already; the first one stays. The"
                " tablet sends this one under a new number."
            ),
        }[code]

    def _report_conflicts(self, school, device, answers):
        conflicts = [answer for answer in answers if answer["status"] == "conflict"]
        if not conflicts:
            return
        source = device.name if device else self.env.user.name
        self.env["meal.incident"]._report(
            [
                {
                    "kind": INCIDENT_CONFLICT,
                    "key": f"event-{answer['id']}",
                    "severity": "warning",
                    "company_id": school.company_id.id,
                    "school_id": school.id,
                    "summary": self.env._(
                        "Two different issue events with one number from %s: the first"
                        " one stays",
                        source,
                    ),
                    "details": {
                        "event_id": answer["id"],
                        "sequence": answer["sequence"],
                    },
                }
                for answer in conflicts
            ]
        )
