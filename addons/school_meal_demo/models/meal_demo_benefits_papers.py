from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, models

from odoo.addons.school_meal_benefits.domain import bank_account

from .. import benefits


class MealDemo(models.AbstractModel):
    """Applications with their papers, requests, orders: what clerk and head do."""

    _inherit = "meal.demo"

    @api.model
    def _plan_plain(self, agenda, school, day, members):
        """Plan applications that are granted without anything special.

        :param members: {category code: students}
        """
        calendar = self.env["school.calendar"]
        agenda.add(day, 10, self._apply_plain, agenda, school, members)
        if any(self._needs_request(school, code) for code in members):
            agenda.add(
                calendar._add_working_days(day, 4), 11, self._sign_answered, school
            )

    @api.model
    def _needs_request(self, school, code):
        category = self._get_category(school.company_id, code)
        return "request" in category.requirement_ids.mapped("provider")

    @api.model
    def _apply_plain(self, agenda, school, members):
        """Take in, register and grant; the school asks other bodies for every other
        child whose papers it has to ask for."""
        rows = [
            (student, self._get_category(school.company_id, code))
            for code, students in members.items()
            for student in students
        ]
        applications = self._hand_in(school, rows)
        asked = applications.browse()
        for number, application in enumerate(applications):
            if number % 2 and application._get_rows_to_ask():
                asked += application
        self._bring(applications - asked)
        self._bring(asked, without=("request",))
        applications.action_register()
        if asked:
            asked.action_make_requests()
            asked.request_ids.action_send()
        self._settle(applications)
        self._sign_order(school, applications - asked)

    @api.model
    def _sign_answered(self, school):
        """The bodies answer, the head signs."""
        clerk = self._as_clerk(school)
        requests = clerk["benefit.request"].search(
            [("school_id", "=", school.id), ("state", "=", "sent")]
        )
        today = self.env["school.calendar"]._local_date(school)
        requests = requests.filtered(
            lambda one: one.application_id.note != benefits.NO_ANSWER
        )
        for number, request in enumerate(requests, 1):
            request.answer = f"№ 03-{number:03d} от {today:%d.%m.%Y}"
        requests.action_confirm()
        self._settle(requests)
        self._sign_order(school, requests.application_id)

    # === STEPS === #

    @api.model
    def _hand_in(self, school, rows, **vals):
        """Return applications handed in now, with nothing brought.

        :param rows: [(student, category), …]
        :param vals: further values of each
        """
        today = self.env["school.calendar"]._local_date(school)
        applications = self._as_clerk(school)["benefit.application"].create(
            [
                {
                    "student_id": student.id,
                    "category_id": category.id,
                    "submitted_on": today,
                    **self._prepare_applicant(student, category),
                    **vals,
                }
                for student, category in rows
            ]
        )
        return self._settle(applications)

    @api.model
    def _prepare_applicant(self, student, category):
        guardian = student.guardian_ids[:1]
        vals = {
            "applicant_id": guardian.id,
            "applicant_snils": self._make_snils(
                300_000_000 + guardian.partner_id.id % 100_000_000
            ),
        }
        if category.kind == "money":
            vals.update(
                bank_bic=benefits.BIC, bank_account=self._make_account(student.id)
            )
        return vals

    @api.model
    def _make_account(self, number):
        """Return an account with the check digit that the bank's BIC asks for."""
        account = benefits.ACCOUNT.format(number=number)
        return bank_account.with_key(account, benefits.BIC)

    @api.model
    def _bring(self, applications, without=(), valid_to=None):
        """Settle the papers: the birth certificate lies in the child's file, the rest
        is brought.

        :param without: codes of requirements, or of who provides them, that stay open
        :param valid_to: last day of what proves the ground, else by `PAPERS`
        """
        groups = defaultdict(self.env["benefit.application.document"].browse)
        for row in applications.document_ids:
            requirement = row.requirement_id
            if {requirement.code, requirement.provider} & set(without):
                continue
            if requirement.is_birth_certificate:
                place = benefits.PLACES[row.student_id.id % len(benefits.PLACES)]
                groups["held", requirement.document_type_ids[:1], place] += row
                continue
            kinds = requirement.document_type_ids
            kind = kinds[row.student_id.id % len(kinds)]
            groups["provided", kind, row.student_id.id % 7] += row
        for (state, kind, rest), rows in groups.items():
            vals = {"state": state, "document_type_id": kind.id}
            if state == "held":
                vals["held_place"] = rest
            elif kind.code in benefits.PAPERS:
                vals.update(self._prepare_paper(kind, rest, rows[0], valid_to))
            rows.with_env(applications.env).write(vals)
        self._settle(applications)

    @api.model
    def _settle(self, records):
        """Write down what somebody did as their own doing, before another one's."""
        records.env.flush_all()
        return records

    @api.model
    def _prepare_paper(self, kind, number, row, valid_to):
        issuer, months = benefits.PAPERS[kind.code]
        issued_on = row.application_id.submitted_on - relativedelta(
            months=1, days=3 * number
        )
        if months and not valid_to:
            valid_to = issued_on + relativedelta(months=months)
        return {
            "number": f"{number + 1}{kind.id:02d}/{issued_on:%y}",
            "issued_on": issued_on,
            "issuer": issuer,
            "valid_to": valid_to if months else False,
        }

    @api.model
    def _sign_order(self, school, applications):
        """Put applications on an order and let the head sign it; return the order."""
        if not applications:
            return None
        applications.action_put_on_order()
        self._settle(applications)
        order = applications.order_id.with_env(self._as_head(school))
        order.action_sign()
        return self._settle(order)

    @api.model
    def _decide(self, school, student, category):
        """Put the application of a child on an order of its own."""
        self._sign_order(school, self._find_application(school, student, category))

    @api.model
    def _find_application(self, school, student, category):
        return self._as_clerk(school)["benefit.application"].search(
            [("student_id", "=", student.id), ("category_id", "=", category.id)],
            limit=1,
        )
