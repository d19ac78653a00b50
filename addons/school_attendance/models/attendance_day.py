from odoo import api, fields, models
from odoo.tools import SQL, file_open

from odoo.addons.school_meal_day.const import ABSENCE_REASONS, ABSENCE_SOURCES

from ..const import EXPECTED, SOURCES, STATES


class AttendanceDay(models.Model):
    """What is known of a student on a school day.

    Derived from passages, reported absences and confirmations of teachers, and counted
    anew whenever one of them changes: nobody edits it. Written by the SQL of
    ``attendance_day_recount.py`` and ``access_event.py`` only.
    """

    _name = "attendance.day"
    _description = "Attendance of a student on a day"
    _order = "date desc, school_id, class_id, id"
    _log_access = False

    student_id = fields.Many2one(
        "school.student", required=True, readonly=True, ondelete="cascade"
    )
    date = fields.Date(required=True, readonly=True)
    school_id = fields.Many2one(
        "school.school", required=True, readonly=True, ondelete="cascade"
    )
    class_id = fields.Many2one(
        "school.class", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    starts_at = fields.Datetime("First lesson", required=True, readonly=True)
    ends_at = fields.Datetime("Last lesson ends", required=True, readonly=True)
    grace = fields.Integer("Minutes of grace", readonly=True, aggregator=False)
    arrived_at = fields.Datetime("Came", readonly=True)
    last_in_at = fields.Datetime("Last entry", readonly=True)
    last_out_at = fields.Datetime("Last exit", readonly=True)
    left_at = fields.Datetime(
        "Left", readonly=True, help="The last exit, unless the student came back."
    )
    is_seen = fields.Boolean(
        "At the gate", readonly=True, help="Any event, also a refused card."
    )
    uses_gate = fields.Boolean(
        readonly=True,
        help="The student has a valid card and came through the gate lately: only then"
        " does it mean anything that the gate has seen nothing.",
    )
    state = fields.Selection(STATES, required=True, readonly=True, default=EXPECTED)
    source = fields.Selection(SOURCES, readonly=True)
    minutes_late = fields.Integer(readonly=True, aggregator=False)
    minutes_early = fields.Integer(
        "Minutes left early", readonly=True, aggregator=False
    )
    absence_id = fields.Many2one("meal.absence", readonly=True, ondelete="set null")
    absence_reason = fields.Selection(ABSENCE_REASONS, "Reason", readonly=True)
    absence_source = fields.Selection(ABSENCE_SOURCES, "Reported by", readonly=True)
    is_confirmed = fields.Boolean("Confirmed by the teacher", readonly=True)

    _student_day_uniq = models.Constraint(
        "UNIQUE (student_id, date)", "One attendance of a student and day."
    )
    _school_day_idx = models.Index("(school_id, date)")
    _class_day_idx = models.Index("(class_id, date)")
    _date_idx = models.Index("(date DESC)")  # lists of a whole municipality

    def init(self):
        with file_open("school_attendance/sql/attendance.sql") as source:
            self.env.cr.execute(SQL(source.read().replace("%", "%%")))

    # === COMPUTE METHODS === #

    @api.depends("student_id", "date")
    def _compute_display_name(self):
        for day in self:
            day.display_name = f"{day.student_id.display_name}, {day.date:%d.%m.%Y}"

    # === BUSINESS METHODS === #

    @api.model
    def _get_missing(self, school, date, due_before):
        """Return who is not here though lessons of theirs began before a moment.

        Never without trust in the gate: of all others the state is another one.
        """
        # sudo: read by the code that plans meals
        return self.sudo().search(
            [
                ("school_id", "=", school.id),
                ("date", "=", date),
                ("state", "=", "absent"),
                ("source", "=", "access"),
                ("absence_id", "=", False),
                ("is_seen", "=", False),
                ("starts_at", "<", due_before),
            ]
        )

    @api.model
    def _get_returned(self, school, date):
        """Return who came after an absence had been reported for them by the gate."""
        # sudo: as above
        return self.sudo().search(
            [
                ("school_id", "=", school.id),
                ("date", "=", date),
                ("absence_source", "=", "access"),
                ("is_seen", "=", True),
                ("absence_id.withdrawn_at", "=", False),
            ]
        )
