import logging

from odoo import fields, models

from odoo.addons.school_meal_base.const import REASON_OFFLINE_UNCOVERED
from odoo.addons.school_meal_base.exceptions import LedgerRefusal

from .. import const

_logger = logging.getLogger(__name__)


class PosOrder(models.Model):
    """What was sold without network: recorded always, shown to people when a till
    could not have sold it by the rules it has."""

    _inherit = "pos.order"

    def _charge_offline(self, payment, kopecks, meta):
        """Charge what was sold without network: by the rules if they allow it, else
        as a forced fact with a reason."""
        ledger = self.env["meal.ledger"]
        account = self._meal_account(payment)
        uuid = payment._meal_uuid(payment.uuid, "charge")
        try:
            result = ledger._charge(account, kopecks, uuid=uuid, **meta)
        except LedgerRefusal as refusal:
            _logger.info("Offline order %s is not covered: %s", self.uuid, refusal.code)
            result = ledger._charge(
                account,
                kopecks,
                uuid=uuid,
                forced=True,
                reason=REASON_OFFLINE_UNCOVERED,
                **meta,
            )
        # sudo: a cashier has no access to accounts.
        if account.sudo().kind == "suspense":
            self._report_unknown_student(payment, result)

    def _meal_account(self, payment):
        """Return the student's account; the suspense account for a student whom this
        till cannot have served, so that the sale is still recorded."""
        # sudo: a cashier has no access to students and accounts.
        student = self.env["school.student"].sudo().browse(payment.meal_student_ref)
        student = student.exists()
        if student and self._may_have_served(student):
            account = student.account_id
            if account and account.company_id == self.company_id:
                return account
        _logger.info("Offline order %s: its account is unknown", self.uuid)
        if student:
            self._report_stranger(payment, student)
        accounts = self.env["meal.account"]
        return accounts._system("suspense", self.company_id, code="till")

    def _may_have_served(self, student):
        """Without network a till knows the cards of its own school only; the student
        may have moved before the order arrived."""
        return (
            self.config_id.school_id
            in student.school_id + student.enrolment_ids.school_id
        )

    # === INCIDENTS === #

    def _report_stranger(self, payment, student):
        self._report_offline_sale(
            f"stranger:{payment.uuid}",
            self.env._(
                "%(till)s: %(cashier)s sold without network to %(student)s, who is not"
                " of this school. The sum %(amount)s waits in suspense.",
                till=self.config_id.name,
                cashier=self.user_id.name,
                student=student.name,
                amount=self.currency_id.format(payment.amount),
            ),
            "error",
        )

    def _report_over_cap(self, payments):
        """Show who got more without network than a till lends for one outage: a second
        outage of the day, a cap that was lowered, or a till that was tampered with."""
        sold = payments.filtered(lambda payment: payment.meal_is_offline)
        # sudo: a cashier has no access to the school's record.
        school = self.config_id.sudo().school_id
        cap = self.env["school.till.roster"]._offline_cap(school)
        for payment in sold.filtered(lambda payment: payment.amount > 0):
            day, total = self._sold_offline_that_day(payment)
            if round(total * 100) <= cap:
                continue
            # sudo: a cashier has no access to students.
            student = self.env["school.student"].sudo().browse(payment.meal_student_ref)
            self._report_offline_sale(
                f"cap:{self.config_id.id}:{payment.meal_student_ref}:{day}",
                self.env._(
                    "%(till)s, %(day)s: without network %(student)s got %(total)s, more"
                    " than a till lends (%(cap)s). Cashier: %(cashier)s.",
                    till=self.config_id.name,
                    day=day,
                    student=student.exists().name or self.env._("an unknown student"),
                    total=self.currency_id.format(total),
                    cap=self.currency_id.format(cap / 100),
                    cashier=self.user_id.name,
                ),
                "warning",
            )

    def _sold_offline_that_day(self, payment):
        """:return: (school day of a payment, roubles sold to its student on it)"""
        # sudo: a cashier has no access to the school's record.
        local = self.with_context(tz=self.config_id.sudo().school_id.tz)

        def day_of(sale):
            when = sale.meal_occurred_at or sale.payment_date
            return fields.Datetime.context_timestamp(local, when).date()

        payments = self.env["pos.payment"].search(
            [
                ("meal_student_ref", "=", payment.meal_student_ref),
                ("meal_is_offline", "=", True),
                ("session_id.config_id", "=", self.config_id.id),
                ("amount", ">", 0),
            ]
        )
        day = day_of(payment)
        same_day = payments.filtered(lambda sale: day_of(sale) == day)
        return day, sum(same_day.mapped("amount"))

    def _report_offline_sale(self, key, summary, severity):
        self.env["meal.incident"]._report(
            [
                {
                    "kind": const.INCIDENT_OFFLINE_SALE,
                    "key": key,
                    "severity": severity,
                    "company_id": self.company_id.id,
                    "school_id": self.config_id.school_id.id,
                    "summary": summary,
                    "details": {
                        "order": self.pos_reference or self.uuid,
                        "session": self.session_id.name,
                        "cashier": self.user_id.name,
                        "delivered_by": self.env.user.name,
                    },
                }
            ]
        )
