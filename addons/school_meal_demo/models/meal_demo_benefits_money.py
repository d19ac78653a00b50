from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models

from .. import benefits


class MealDemo(models.AbstractModel):
    """Money compensation month by month, and milk for children at home."""

    _inherit = "meal.demo"

    @api.model
    def _create_rates(self, company, begin):
        """What the deputies and the department decide before the year."""
        amount, basis = benefits.RATE
        self.env["compensation.rate"].create(
            {
                "company_id": company.id,
                "date_from": begin,
                "amount": amount,
                "basis": basis,
            }
        )
        self.env["benefit.milk.norm"].create(
            {
                "company_id": company.id,
                "date_from": begin,
                "quantity": benefits.MILK["quantity"],
                "price": benefits.MILK["price"],
            }
        )

    # === COMPENSATION === #

    @api.model
    def _plan_compensation(self, agenda, schools):
        """Every month is calculated, approved and paid; the last one of the first
        school waits for its head, that of the others for a payment list."""
        self._plan_stays(agenda, schools[0])
        last = self._get_last_month(schools[0])
        month = self._get_year_begin(schools.company_id)
        while month <= last:
            following = month + relativedelta(months=1)
            for school in schools:
                is_waiting = month == last and school == schools[0]
                agenda.add(
                    self._working_day(following, 2),
                    11,
                    self._calculate_month,
                    school,
                    month,
                    is_waiting,
                )
            if month != last:
                agenda.add(
                    self._working_day(following, 9), 12, self._pay, schools, month
                )
            month = following

    @api.model
    def _working_day(self, first, number):
        """Return a working day of a month, the first is 0."""
        return self.env["school.calendar"]._add_working_days(first, number)

    @api.model
    def _plan_stays(self, agenda, school):
        """A hospital and a sanatorium: days that are not paid."""
        first = self._get_last_month(school)
        agenda.add(first + timedelta(days=12), 9, self._record_stays, school, first)

    @api.model
    def _record_stays(self, school, first):
        clerk = self._as_clerk(school)
        students = clerk["benefit.entitlement"].search(
            [("school_id", "=", school.id), ("kind", "=", "money")], order="id"
        )
        stays = [
            ("hospital", 5, 4, "Выписной эпикриз"),
            ("recreation", 11, 13, "Путёвка"),
        ]
        clerk["benefit.stay"].create(
            [
                {
                    "student_id": benefit.student_id.id,
                    "kind": kind,
                    "date_from": first + timedelta(days=day),
                    "date_to": first + timedelta(days=day + length),
                    "basis": f"{paper} № {benefit.id}",
                }
                for benefit, (kind, day, length, paper) in zip(
                    students, stays, strict=False
                )
            ]
        )

    @api.model
    def _calculate_month(self, school, month, is_waiting):
        accountant = self._as_staff(school.company_id, "accountant")
        months = accountant["compensation.month"]
        found = months.create({"school_id": school.id, "month": month})
        found.action_calculate()
        if not found.line_ids:
            found.unlink()
        elif not is_waiting:
            found.with_env(self._as_head(school)).action_approve()

    @api.model
    def _pay(self, schools, month):
        accountant = self._as_staff(schools.company_id, "accountant")
        due = [("school_id", "in", schools.ids), ("state", "=", "due")]
        if not accountant["compensation.line"].search_count(due, limit=1):
            return
        payments = accountant["compensation.payment.list"].create(
            {
                "date": self.env["school.calendar"]._local_date(schools[0]),
                "month": month,
                "kbk": benefits.KBK,
                "journal_id": self.env["account.journal"]
                .search(
                    [
                        ("company_id", "=", schools.company_id.id),
                        ("type", "=", "bank"),
                    ],
                    limit=1,
                )
                .id,
            }
        )
        payments.action_fill()
        payments.action_send()
        payments.action_confirm()

    # === MILK === #

    @api.model
    def _plan_milk_at_home(self, agenda, school):
        """Three children are taught remotely for two weeks: the parents fetch milk."""
        first = self._get_last_month(school)
        agenda.add(first + timedelta(days=5), 9, self._teach_remotely, school, first)
        agenda.add(
            self._working_day(first + relativedelta(months=1), 1),
            10,
            self._issue_milk,
            school,
            first,
        )

    @api.model
    def _teach_remotely(self, school, first):
        students = self._get_students(school, *benefits.MILK["grades"])[5:8]
        begin = first + timedelta(days=5)
        self._as_clerk(school)["benefit.study.period"].create(
            [
                {
                    "student_id": student.id,
                    "form": "remote",
                    "date_from": begin,
                    "date_to": begin + timedelta(days=13),
                    "basis": f"Приказ от {begin:%d.%m.%Y} № 58-У",
                }
                for student in students
            ]
        )

    @api.model
    def _issue_milk(self, school, first):
        """The list of the parents is begun: one has not come yet."""
        issue = self._as_clerk(school)["benefit.milk.issue"].create(
            {
                "school_id": school.id,
                "kind": "parents",
                "date_from": first,
                "date_to": first + relativedelta(day=31),
            }
        )
        issue.action_fill()
        if issue.line_ids:
            issue.action_open()
            issue.line_ids[1:].action_issued()
