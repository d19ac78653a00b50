from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ..domain import compensation
from .compensation_month_calculation import LOOK_BACK

#: Working days before the day of payment from which accountants are reminded.
REMIND_DAYS = 5
PAYMENT_DAY = 20
#: Activities go to at most so many accountants of a municipality.
MAX_ASSIGNEES = 5


class CompensationMonth(models.Model):
    """Nightly: months are opened when money is due, and the 20th is not missed."""

    _inherit = "compensation.month"

    # === DEADLINES === #

    def _get_payment_day(self):
        """Return the day of the month by which the municipality pays (item 27)."""
        # sudo: the regulation is public
        regulation = (
            self.env["benefit.regulation"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("state", "!=", "draft"),
                    ("date_from", "<=", self.month),
                ],
                limit=1,
            )
        )
        return regulation.payment_day or PAYMENT_DAY

    @api.model
    def _cron_prepare(self):
        """Nightly: open last month where money is due, and remind of the 20th."""
        today = fields.Date.today()
        last = today - relativedelta(months=1)
        self._open_months(last.replace(day=1))
        remind_from = self.env["school.calendar"]._add_working_days(today, REMIND_DAYS)
        unpaid = self.search([("state", "!=", "paid"), ("due_date", "<=", remind_from)])
        unpaid._remind()

    @api.model
    def _open_months(self, month):
        """Open the month of each school where money is due for it, or has to be
        corrected because of what came late."""
        first, last = compensation.month_bounds(month)
        known = self.search([("month", "=", first)]).school_id
        schools = self._find_schools(first, last)
        months = self.create(
            [{"school_id": school.id, "month": first} for school in schools - known]
        )
        earlier = self.env["compensation.line"]._read_group(
            [
                ("is_frozen", "=", True),
                ("period", ">=", first - relativedelta(months=LOOK_BACK)),
                ("school_id", "not in", (known | schools).ids),
            ],
            ["school_id"],
        )
        for (school,) in earlier:
            vals = {"school_id": school.id, "month": first}
            if self.new(vals)._work_out():
                months += self.create(vals)
        return months

    @api.model
    def _find_schools(self, first, last):
        """Return schools with students who have a right to money in a span."""
        students = (
            self.env["benefit.entitlement"]
            .search(
                [
                    ("kind", "=", "money"),
                    ("is_void", "=", False),
                    ("date_from", "<=", last),
                    ("date_end", ">=", first),
                ]
            )
            .student_id
        )
        enrolments = self.env["school.enrolment"].search(
            [
                ("student_id", "in", students.ids),
                ("date_from", "<=", last),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", first),
            ]
        )
        return enrolments.school_id

    def _remind(self):
        """Give each accountant of the municipality one activity per month unpaid."""
        kind = self.env.ref("school_meal_benefits.activity_pay")
        group = self.env.ref("school_meal_base.group_accountant")
        managers = self.env.ref("school_meal_base.group_manager").all_user_ids
        for month in self:
            if month.activity_ids:
                continue
            users = group.all_user_ids.filtered(
                lambda user, company=month.company_id: (
                    company in user.company_ids and user.active
                )
            )
            for user in (users - managers or users)[:MAX_ASSIGNEES]:
                month.activity_schedule(
                    activity_type_id=kind.id,
                    date_deadline=month.due_date,
                    user_id=user.id,
                )
