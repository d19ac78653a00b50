from datetime import UTC
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..domain import day_closing

DECISIONS = [
    ("issued", "Was issued in fact"),
    ("pay", "Pay by the rules"),
    ("charge_parent", "Charge the parent"),
    ("no_charge", "Nobody is charged"),
    ("write_off", "Write off"),
]


class MealDayException(models.Model):
    """Something about a day that a person has to decide before it can be closed.

    Rows come and go with the facts (``meal.day._find_exceptions``); a decision stays as
    long as what it was about. On a closed day only late events are left to look at.
    """

    _name = "meal.day.exception"
    _description = "Exception of a Meal Day"
    _order = "day_id, kind, class_id, id"

    day_id = fields.Many2one(
        "meal.day", required=True, index=True, ondelete="restrict", readonly=True
    )
    date = fields.Date(related="day_id.date")
    day_state = fields.Selection(related="day_id.state")
    school_id = fields.Many2one(related="day_id.school_id", store=True)
    company_id = fields.Many2one(related="day_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("not_claimed", "Ordered and cooked, not claimed"),
            ("not_ordered", "Issued without an order"),
            ("absent_issued", "Absent, but issued"),
            ("second", "Second portion"),
            ("taken_off_issued", "Order taken off, but issued"),
            ("wrong_school", "Student of another school"),
            ("unknown_card", "Issued on an unknown card"),
            ("allergen", "Issued in spite of an allergen"),
            ("guest", "Guest"),
            ("freed", "Freed portion that nobody took"),
            ("no_price", "No price for the meal"),
            ("not_taught", "Not a school day of the class"),
            ("late_event", "Arrived after closing"),
        ],
        required=True,
        readonly=True,
    )
    student_id = fields.Many2one("school.student", readonly=True)
    class_id = fields.Many2one("school.class", readonly=True)
    meal_type_id = fields.Many2one("meal.type", "Meal", readonly=True)
    order_id = fields.Many2one("meal.order", readonly=True)
    event_id = fields.Many2one("meal.issue.event", readonly=True)
    event_action = fields.Selection(related="event_id.action", string="What arrived")
    occurred_at = fields.Datetime(related="event_id.occurred_at", string="Issued at")
    outcome = fields.Selection(DECISIONS, "Decision", readonly=True)
    usual_outcome = fields.Selection(
        DECISIONS, "Usual decision", compute="_compute_usual_outcome"
    )
    note = fields.Char(readonly=True)
    resolved_at = fields.Datetime("Decided at", readonly=True)
    resolved_by_id = fields.Many2one("res.users", "Decided by", readonly=True)

    _fact_uniq = models.UniqueIndex(
        "(day_id, kind, COALESCE(order_id, 0), COALESCE(event_id, 0))",
        "This is already in the list of the day.",
    )

    # === COMPUTE METHODS === #

    @api.depends("kind", "order_id")
    def _compute_usual_outcome(self):
        # sudo: who pays for an order is not shown, only what follows from it
        for exception in self.sudo():
            usual = day_closing.usual_outcome(
                exception.kind, exception.order_id.is_entitled
            )
            if exception._is_of_another_city():
                usual = day_closing.NO_CHARGE
            exception.usual_outcome = usual

    @api.depends("kind", "student_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for exception in self:
            # sudo: the name on an exception the user may read
            parts = [kinds[exception.kind], exception.sudo().student_id.name]
            exception.display_name = ": ".join(filter(None, parts))

    # === ACTION METHODS === #

    def action_issued(self):
        return self._decide(day_closing.ISSUED_IN_FACT)

    def action_pay(self):
        return self._decide(day_closing.PAY)

    def action_charge_parent(self):
        return self._decide(day_closing.CHARGE_PARENT)

    def action_no_charge(self):
        return self._decide(day_closing.NO_CHARGE)

    def action_write_off(self):
        return self._decide(day_closing.WRITE_OFF)

    def action_usual(self):
        """Decide each of the selected as is usual (button of the list)."""
        missing = self.filtered(lambda e: not e.usual_outcome)
        if missing:
            raise UserError(
                self.env._(
                    "“%s” is decided one by one. Open it and choose.",
                    missing[0].display_name,
                )
            )
        for outcome, exceptions in self.grouped("usual_outcome").items():
            exceptions._decide(outcome)

    def action_undecide(self):
        """Take a decision back as long as the day is open."""
        self._check_may_decide()
        if any(exception.outcome == day_closing.ISSUED_IN_FACT for exception in self):
            self._refuse_issued()
        # sudo: decided by the buttons only; rights are checked above
        self.sudo().write(self._prepare_decision(False))

    def action_open_decision(self):
        """Ask for a note, or for the student behind an unknown card (button)."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide"),
            "res_model": "meal.day.decision",
            "view_mode": "form",
            "target": "new",
            "context": {"default_exception_ids": self.ids},
        }

    def action_correct(self):
        """Prepare the correction that follows from a late event (button)."""
        self.ensure_one()
        if self.kind != day_closing.LATE_EVENT:
            raise UserError(
                self.env._("“%s” did not arrive after closing.", self.display_name)
            )
        self._check_undecided()
        correction = self.env["meal.correction"]._prepare_from_late_event(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "meal.correction",
            "res_id": correction.id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS === #

    def _get_key(self):
        """The fact that the exception is about, as ``domain.day_closing`` names it."""
        return self.kind, self.order_id.id or None, self.event_id.id or None

    def _decide(self, outcome, note=False):
        """Record what becomes of the portions; see ``domain.day_closing.ALLOWED``."""
        self._check_may_decide()
        self.day_id._lock()
        self._check_outcome(outcome, note)
        # sudo: decided by the buttons only; rights are checked above
        exceptions = self.sudo()
        if outcome == day_closing.ISSUED_IN_FACT:
            exceptions._record_issue()
        exceptions.write(self._prepare_decision(outcome, note))

    def _prepare_decision(self, outcome, note=False):
        return {
            "outcome": outcome,
            "note": note,
            "resolved_at": outcome and fields.Datetime.now(),
            "resolved_by_id": outcome and self.env.uid,
        }

    def _check_may_decide(self):
        self.check_access("read")
        self.day_id._check_may_close()
        for exception in self:
            # A correction that is booked has decided a late event for good.
            may_change = (
                exception.kind == day_closing.LATE_EVENT
                and exception.outcome != day_closing.PAY
            )
            if exception.day_id.state == "closed" and not may_change:
                raise UserError(
                    self.env._(
                        "The day is closed. What it says changes by a correction only."
                    )
                )

    def _check_undecided(self):
        """Lock the exceptions; refuse what is decided: a correction decides it."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "SELECT id FROM meal_day_exception WHERE id = ANY(%s) ORDER BY id"
                " FOR UPDATE",
                self.ids,
            )
        )
        self.invalidate_recordset(["outcome"])
        for exception in self.filtered("outcome"):
            raise UserError(
                self.env._(
                    "“%s” is decided already. Correct the portion itself if it is"
                    " still wrong.",
                    exception.display_name,
                )
            )

    def _check_outcome(self, outcome, note):
        outcomes = dict(self._fields["outcome"]._description_selection(self.env))
        for exception in self:
            if exception.outcome == day_closing.ISSUED_IN_FACT:
                exception._refuse_issued()
            allowed = day_closing.ALLOWED[exception.kind]
            if exception._is_of_another_city():
                allowed = (day_closing.NO_CHARGE,)
            if outcome not in allowed:
                raise UserError(
                    self.env._(
                        "“%(outcome)s” does not fit “%(exception)s”. Choose one of: "
                        "%(allowed)s.",
                        outcome=outcomes[outcome],
                        exception=exception.display_name,
                        allowed=", ".join(outcomes[each] for each in allowed),
                    )
                )
            if exception.kind in day_closing.NEED_NOTE and not note:
                raise UserError(
                    self.env._(
                        "“%s” needs a note that says what happened.",
                        exception.display_name,
                    )
                )
            exception._check_charge(outcome)

    def _refuse_issued(self):
        raise UserError(
            self.env._(
                "That the portion was issued is recorded. If it was not, undo the"
                " issue on the serving screen."
            )
        )

    def _check_charge(self, outcome):
        # sudo: who pays for an order is not shown, only what follows from it
        is_entitled = self.sudo().order_id.is_entitled
        if outcome == day_closing.CHARGE_PARENT and is_entitled and not self.event_id:
            raise UserError(
                self.env._(
                    "%s eats free: nobody pays for a portion that was not claimed.",
                    self.student_id.name,
                )
            )

    def _is_of_another_city(self):
        # sudo: whose student it is, of another municipality perhaps
        company = self.sudo().student_id.company_id
        return bool(company) and company != self.sudo().company_id

    def _record_issue(self, student=None):
        """Record that the portions were given, as entered afterwards by the user."""
        for school, exceptions in self.grouped("school_id").items():
            answers = self.env["meal.issue.event"]._record(
                school,
                [
                    exception._prepare_issue(student or exception.student_id)
                    for exception in exceptions
                ],
                user=self.env.user,
            )
            for answer in answers:
                if answer["status"] != "created":
                    raise UserError(answer["message"])

    def _prepare_issue(self, student):
        return {
            "uuid": uuid4().hex,
            "date": str(self.date),
            "meal": self.meal_type_id.code,
            "student": student.id,
            "action": "given",
            "source": "typed",
            "occurred_at": (self.event_id.occurred_at or fields.Datetime.now())
            .replace(tzinfo=UTC)
            .isoformat(),
        }

    def _name_student(self, student):
        """Say who took a portion on an unknown card: the event is undone and recorded
        again with the student."""
        self.ensure_one()
        self._check_may_decide()
        student.check_access("read")
        self.day_id._lock()
        # sudo: events are recorded by methods only; rights are checked above
        exception = self.sudo()
        key, now = f"u{uuid4().hex}", fields.Datetime.now()
        # The event may be a device's: it is named by its key, not by a number.
        event = {
            "n": 0,
            "key": key,
            "hash": key,
            "action": "undone",
            "source": "typed",
            "undoes": exception.event_id.event_key,
            "occurred_at": now,
        }
        # sudo: what was issued is a fact; rights were checked
        events = self.env["meal.issue.event"].sudo()
        [(_position, status, *_rest)] = events._write_events(
            exception.school_id, [event], None, self.env.user, now
        )
        if status != "created":
            raise UserError(events._sentence(status))
        exception._record_issue(student)
        exception.day_id._find_exceptions()
