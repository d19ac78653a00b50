"""A child taught at home with a right to money, an accountant and a head."""

from datetime import date, datetime

from freezegun import freeze_time

from odoo import Command

from ..domain import bank_account
from .entitle_common import EntitlementCase

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
BIC = "044525225"
ACCOUNT = bank_account.with_key("40817810000000000001", BIC)
OTHER_ACCOUNT = bank_account.with_key("40817810000000000002", BIC)


class CompensationCase(EntitlementCase):
    """`student` (5А) is taught at home since 1 September 2026, Monday, Wednesday and
    Friday, and has a right to money since then: 150.50 roubles a day. 2 November."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["meal.ledger.setup"]._setup_company(cls.city)
        cls._make_roles()
        cls.roles["second"] = cls._new_user(
            "test_second", "group_accountant", cls.school
        )
        cls.bank = cls.env["account.journal"].search(
            [("company_id", "=", cls.city.id), ("type", "=", "bank")], limit=1
        )
        cls.rate = cls.env["compensation.rate"].create(
            {
                "company_id": cls.city.id,
                "date_from": SEPTEMBER,
                "amount": 150.50,
                "basis": "№ 12 от 20.08.2026",
            }
        )
        cls.father = cls.env["res.partner"].create({"name": "Petrov Pavel"})
        cls.env["school.guardian"].create(
            {
                "student_id": cls.classmate.id,
                "partner_id": cls.father.id,
                "relation": "father",
            }
        )
        cls.home = cls._teach_at_home(cls.student, "135")
        students = cls.student + cls.classmate + cls.sibling
        students.enrolment_ids.date_from = SEPTEMBER

    def setUp(self):
        super().setUp()
        clock = freeze_time(datetime(2026, 11, 2, 9))
        clock.start()
        self.addCleanup(clock.stop)
        self.right = self._pay_for(self.student)

    @classmethod
    def _teach_at_home(cls, student, week_days=False, **vals):
        return cls.env["benefit.study.period"].create(
            {
                "student_id": student.id,
                "form": "home",
                "date_from": SEPTEMBER,
                "basis": "Order 1",
                "week_days": week_days,
                **vals,
            }
        )

    def _pay_for(self, student, day=SEPTEMBER, account=ACCOUNT, decided=None, **facts):
        """Return a right to money by an application of a day."""
        [application] = self._apply_for(
            student,
            facts.pop("category", self.money),
            day,
            applicant_id=student.guardian_ids[:1].id,
            bank_account=account,
            bank_bic=BIC,
            **facts,
        )
        decisions = self._sign(application, decided or day)
        return self.entitlements._create_from_decisions(decisions)

    def _month(self, month=SEPTEMBER, school=None):
        months = self.env["compensation.month"]
        found = months.search(
            [("month", "=", month), ("school_id", "=", (school or self.school).id)]
        )
        return found or months.create(
            {"school_id": (school or self.school).id, "month": month}
        )

    def _calculate(self, month=SEPTEMBER, school=None):
        """Return the lines of a month as calculated by the accountant."""
        month = self._month(month, school)
        self._as("accountant", month).action_calculate()
        return month.line_ids

    def _approve(self, month=SEPTEMBER, school=None):
        lines = self._calculate(month, school)
        self._as("second", self._month(month, school)).action_approve()
        return lines

    def _list(self, month=OCTOBER, **vals):
        """Return a filled payment list of the accountant, in the accountant's eyes."""
        lists = self._as("accountant", self.env["compensation.payment.list"])
        payments = lists.create(
            {
                "company_id": self.city.id,
                "month": month,
                "date": date(2026, 11, 2),
                "journal_id": self.bank.id,
                **vals,
            }
        )
        payments.action_fill()
        return payments

    def _send(self, month=OCTOBER, **vals):
        payments = self._list(month, **vals)
        payments.action_send()
        return payments

    def _stay(self, first, last, kind="hospital", student=None):
        return self.env["benefit.stay"].create(
            {
                "student_id": (student or self.student).id,
                "kind": kind,
                "date_from": first,
                "date_to": last,
                "basis": "Certificate 7",
            }
        )

    def _reasons(self, line):
        return {day.date.day: day.reason for day in line.day_ids}

    def _owed(self):
        """Return the balance of what parents are owed, in the general ledger."""
        account = (
            self.env["meal.gl.mapping"]
            .search([("company_id", "=", self.city.id), ("kind", "=", "compensation")])
            .account_id
        )
        items = self.env["account.move.line"].search(
            [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        )
        return round(-sum(items.mapped("balance")), 2), items

    def _vacation(self, first, last):
        return self.env["school.calendar.period"].create(
            {
                "kind": "vacation",
                "company_id": self.city.id,
                "school_ids": [Command.set(self.school.ids)],
                "date_from": first,
                "date_to": last,
            }
        )
