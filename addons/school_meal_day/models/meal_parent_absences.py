from odoo import api, fields, models
from odoo.exceptions import UserError

from ..domain import parent_input

#: What a parent can know; the others are the school's to say.
PARENT_REASONS = ("illness", "family", "medical", "competition", "home")


class MealParentApi(models.AbstractModel):
    """Absences that parents report."""

    _inherit = "meal.parent.api"

    @api.model
    def _report_absence(self, student_id, date_from, date_to, reason):
        """Report that a child will not come.

        It is recorded on the day itself too, at any hour; what is cooked by then cannot
        be taken off any more, and the answer says so.

        :return: {id, message}
        """
        student = self._get_child(student_id, to_order=True)
        days = self._understood(parent_input.read_period, date_from, date_to)
        if reason not in PARENT_REASONS:
            raise UserError(self.env._("Choose the reason of the absence."))
        self._check_absence_days(student, days)
        absences = self.env["meal.absence"]._report(
            student, days[0], days[-1], reason=reason, source="parent"
        )
        return {"id": absences.id, "message": self._get_cooked_note(student, days[0])}

    @api.model
    def _check_absence_days(self, student, days):
        today = self.env["school.calendar"]._local_date(student.school_id)
        if days[0] < today:
            raise UserError(
                self.env._(
                    "An absence is reported from today on. About days that are past,"
                    " tell the class teacher."
                )
            )
        if not self._get_school_days(student, days):
            raise UserError(self.env._("There are no school days in this period."))
        if self._read_absences(student, days):
            raise UserError(
                self.env._(
                    "An absence is reported for these days already. Withdraw it first,"
                    " or choose other days."
                )
            )

    @api.model
    def _get_cooked_note(self, student, day):
        if not self._get_day_problem(student, day, is_taught=True)[0]:
            return ""
        orders = self._read_orders(student, [day]).values()
        if not any(order.state in ("cooked", "freed") for order in orders):
            return ""
        return self.env._(
            "The absence is recorded. The portion of %(date)s is cooked already: it was"
            " possible to cancel it until %(time)s.",
            date=day.strftime("%d.%m.%Y"),
            time=self._get_cutoff_clock(student.school_id, day),
        )

    @api.model
    def _withdraw_absence(self, student_id, absence_id):
        """Take back what a parent has reported; days that are past stay reported."""
        student = self._get_child(student_id, to_order=True)
        # sudo: of a child that was checked; parents have no rights over the model
        absence = (
            self.env["meal.absence"]
            .sudo()
            .search([("student_id", "=", student.id), ("withdrawn_at", "=", False)])
            .filtered(lambda each: each.id == absence_id)
        )
        today = self.env["school.calendar"]._local_date(student.school_id)
        if not absence or absence.date_to < today:
            raise UserError(
                self.env._(
                    "This absence is over or was withdrawn. Open the page again."
                )
            )
        if absence.source != "parent":
            raise UserError(
                self.env._("The school has noted this absence: call the class teacher.")
            )
        absence._withdraw()
        if absence.date_from < today:
            absence._report(
                student,
                absence.date_from,
                fields.Date.subtract(today, days=1),
                reason=absence.reason,
                source="parent",
            )
        return True

    @api.model
    def _prepare_absence(self, absence):
        labels = dict(absence._fields["reason"]._description_selection(self.env))
        return {
            "id": absence.id,
            "reason": absence.reason,
            "reason_name": labels[absence.reason],
            "date_from": str(absence.date_from),
            "date_to": str(absence.date_to),
            "may_withdraw": absence.source == "parent",
        }
