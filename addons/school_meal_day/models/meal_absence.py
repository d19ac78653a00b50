from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..const import ABSENCE_REASONS, ABSENCE_SOURCES, CANCELLED, FREED, LIVE_STATES

LONGEST = timedelta(days=366)


class MealAbsence(models.Model):
    """A student is not at school, as reported by somebody, for a span of days.

    What was reported stays: a mistake is withdrawn, never deleted.
    """

    _name = "meal.absence"
    _description = "Reported Absence"
    _order = "date_from desc, id desc"

    student_id = fields.Many2one(
        "school.student", required=True, index=True, ondelete="restrict"
    )
    school_id = fields.Many2one(
        "school.school", required=True, index=True, ondelete="restrict"
    )
    class_id = fields.Many2one("school.class", index=True, ondelete="restrict")
    company_id = fields.Many2one(related="school_id.company_id", store=True)
    date_from = fields.Date("From", required=True, index=True)
    date_to = fields.Date("To", required=True, index=True)
    reason = fields.Selection(ABSENCE_REASONS, required=True, default="unknown")
    note = fields.Char("Basis", help="Number of the note or certificate.")
    source = fields.Selection(ABSENCE_SOURCES, required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Reported by", readonly=True)
    reported_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    withdrawn_at = fields.Datetime(readonly=True)
    withdrawn_by_id = fields.Many2one("res.users", "Withdrawn by", readonly=True)

    _dates_order = models.Constraint(
        "CHECK (date_to >= date_from)", "An absence cannot end before it begins."
    )
    _valid_idx = models.Index(
        "(school_id, date_from, date_to) WHERE withdrawn_at IS NULL"
    )

    # === COMPUTE METHODS === #

    @api.depends("student_id", "date_from", "date_to")
    def _compute_display_name(self):
        for absence in self:
            absence.display_name = absence.student_id.display_name

    # === ACTION METHODS === #

    def action_withdraw(self):
        self.check_access("read")
        user = self.env.user
        is_office = any(
            user.has_group(f"school_meal_base.group_{role}")
            for role in ("operator", "manager")
        )
        if not is_office and self.class_id.teacher_id != user:
            raise AccessError(
                self.env._(
                    "Absences are withdrawn by the class teacher or the person"
                    " responsible for meals."
                )
            )
        self._withdraw()

    # === BUSINESS METHODS === #

    @api.model
    def _report(self, students, date_from, date_to, *, reason, source, note=False):
        """Record that students are absent and take their portions off.

        Callers check that the students are the user's. Absences may overlap: each is
        what somebody said. Days that are closed stay as they are.

        :return: the absences, one per student
        """
        if date_to < date_from:
            raise ValidationError(
                self.env._("An absence cannot end before it begins. Check the dates.")
            )
        if date_to - date_from > LONGEST:
            raise ValidationError(
                self.env._("An absence cannot be longer than a year. Check the dates.")
            )
        # what the kitchen was told at the cut-off knows nothing of a later report
        self._get_orders(students, date_from, date_to, LIVE_STATES)._close_ordering()
        # sudo: nobody has the right to edit absences, they are reported here
        absences = self.sudo().create(
            [
                {
                    "student_id": student.id,
                    "school_id": student.school_id.id,
                    "class_id": student.class_id.id,
                    "date_from": date_from,
                    "date_to": date_to,
                    "reason": reason,
                    "note": note,
                    "source": source,
                    "user_id": self.env.uid,
                }
                # sudo: the place of a student is a fact for whoever reports
                for student in students.sudo()
            ]
        )
        absences._take_off_orders()
        return absences.with_env(self.env)

    def _withdraw(self):
        """Take a report back: what was taken off because of it is ordered again."""
        # sudo: as in _report
        absences = self.sudo().filtered(lambda absence: not absence.withdrawn_at)
        absences.write(
            {
                "withdrawn_at": fields.Datetime.now(),
                "withdrawn_by_id": self.env.uid,
            }
        )
        absences._restore_orders()
        absences._order_what_is_due()

    @api.model
    def _absent_ids(self, school, date):
        """Return the ids of the students of a school reported absent on a day."""
        return set(self._get_by_student(school, date))

    @api.model
    def _get_by_student(self, school, date):
        """Return {student id: id of an absence} of a school and day."""
        # sudo: read by the code that plans and counts meals
        absences = self.sudo().search(
            [
                ("school_id", "=", school.id),
                ("date_from", "<=", date),
                ("date_to", ">=", date),
                ("withdrawn_at", "=", False),
            ]
        )
        return {absence.student_id.id: absence.id for absence in absences}

    @api.model
    def _get_orders(self, students, date_from, date_to, states):
        """Return orders of students on the days that are not closed."""
        # sudo: what an absence does is the same whoever reports it
        orders = (
            self.env["meal.order"]
            .sudo()
            .search(
                [
                    ("student_id", "in", students.ids),
                    ("date", ">=", date_from),
                    ("date", "<=", date_to),
                    ("state", "in", states),
                ]
            )
        )
        return orders._without_closed_days()

    def _take_off_orders(self):
        spans = self.grouped(lambda absence: (absence.date_from, absence.date_to))
        for span, absences in spans.items():
            orders = self._get_orders(absences.student_id, *span, LIVE_STATES)
            orders._take_off("absence", absences=absences)

    def _restore_orders(self):
        """Order again what absences took off, unless another one is still valid."""
        for absence in self:
            span = absence.date_from, absence.date_to
            orders = self._get_orders(absence.student_id, *span, (CANCELLED, FREED))
            orders.filtered(lambda order: order.change_ids[-1:].absence_id)._restore()

    def _order_what_is_due(self):
        """Order what came by itself for the others while the student was away."""
        # sudo: as in _report
        orders, calendar = self.env["meal.order"].sudo(), self.env["school.calendar"]
        for school, absences in self.grouped("school_id").items():
            today = calendar._local_date(school)
            days = {today, calendar._next_school_day(today, school)} - {None, False}
            rows = orders._read_group(
                [("school_id", "=", school.id), ("date", ">=", today)], ["date:day"]
            )
            for day in sorted(days | {day for (day,) in rows}):
                students = absences.filtered(
                    lambda one, day=day: one.date_from <= day <= one.date_to
                ).student_id
                if students and not school._is_after_cutoff(day):
                    school._lock_orders()
                    orders._sync(school, day, students)
