from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SchoolTillCase


@tagged("post_install", "-at_install")
class TestGeneralLedger(SchoolTillCase):
    """What the till sells is in both ledgers, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # core dates a session in the user's zone, the ledger a sale in the school's:
        # the two are one here, whatever the hour
        (cls.city.partner_id + cls.env.user.partner_id).tz = "UTC"
        cls.school.tz = "UTC"
        cls.env["meal.ledger.setup"]._setup_company(cls.city)
        cls.ledger._top_up(cls.account, 50_000, uuid="money", debit=cls.transit)
        cls.today = cls.env["meal.posting"]._local_today(cls.city)

    def setUp(self):
        super().setUp()
        self._enter_taps()
        self._open_session()

    def report(self):
        report = self.env["meal.reconciliation"].create(
            {
                "company_id": self.city.id,
                "date_from": fields.Date.subtract(self.today, days=2),
                "date_to": fields.Date.add(self.today, days=2),
            }
        )
        report.action_compute()
        return report

    def post(self):
        return self.env["meal.posting"]._post_pending(
            self.city, fields.Date.add(self.today, days=2)
        )

    def session_findings(self):
        return self.env["meal.audit"]._check_pos_sessions()

    def test_sales_wait_for_the_session_and_then_are_equal(self):
        self._sell([(self.lunch, 1), (self.juice, 1)], 165)
        self._sync(self._order([(self.bun, 1)], [self._offline_payment(30)]))
        self.post()
        before = self.report()
        self.assertTrue(before.is_equal)
        self.assertEqual(before.closing_pending, -195.0)
        self.assertEqual((before.closing_ledger, before.closing_gl), (305.0, 500.0))
        self._close_session()
        after = self.report()
        self.assertTrue(after.is_equal)
        self.assertEqual(after.closing_pending, 0.0)
        self.assertEqual((after.closing_ledger, after.closing_gl), (305.0, 305.0))

    def test_a_sale_to_an_unknown_student_does_not_tear_the_ledgers_apart(self):
        order = self._order(
            [(self.bun, 1)], [self._offline_payment(30, meal_student_ref=0)]
        )
        self._sync(order)
        self.post()
        self._close_session()
        self.assertEqual(self.account.posted, 500.0)
        self.assertTrue(self.report().is_equal)

    # === SALES TO UNKNOWN STUDENTS === #

    def sell_to_nobody(self):
        order = self._order(
            [(self.bun, 1)], [self._offline_payment(30, meal_student_ref=0)]
        )
        sold = self._sync(order)
        self._sync(order)
        incident = self.env["meal.incident"].search([("kind", "=", "unknown_student")])
        self.assertEqual(len(incident), 1)
        self.assertEqual(incident.seen_count, 1)
        self.assertEqual(incident.school_id, self.school)
        self.assertEqual(incident.action_open_sale()["res_id"], sold.id)
        return sold, incident

    def assign(self, incident, account):
        accountant = self._new_user("till_buh", "group_accountant", self.school)
        incident = incident.with_user(accountant).with_context(
            allowed_company_ids=self.city.ids
        )
        action = incident.action_assign_sale()
        wizard = incident.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.amount, 30)
        self.assertIn("Bun", wizard.dishes)
        wizard.account_id = account
        wizard.action_assign()
        return wizard

    def test_a_sale_to_an_unknown_student_is_charged_to_the_one_who_is_found(self):
        sold, incident = self.sell_to_nobody()
        self._close_session()
        wizard = self.assign(incident, self.account)
        self.assertEqual(self.account.posted, 470.0)
        suspense = self.env["meal.account"]._system("suspense", self.city, code="till")
        self.assertEqual(suspense._balance(), 0)
        self.assertEqual(incident.state, "resolved")
        self.assertIn(self.account.number, incident.resolution)
        self.post()
        self.assertTrue(self.report().is_equal)
        self.assertFalse(self.session_findings())
        statement = self.env["meal.statement"]._get_statement(
            self.account, "2000-01-01", "2100-01-01"
        )
        titles = " ".join(line["title"] for line in statement["lines"])
        self.assertIn(sold.pos_reference, titles)
        with self.assertRaisesRegex(UserError, "dealt with"):
            wizard.action_assign()

    def test_what_was_assigned_goes_back_to_the_student_who_paid(self):
        sold, incident = self.sell_to_nobody()
        self.assign(incident, self.account)
        self._sync(
            self._order(
                [(self.bun, -1, sold.lines)],
                [self._account_payment(-30)],
                is_refund=True,
            )
        )
        self.assertEqual(self.account.posted, 500.0)

    def test_only_an_accountant_assigns_a_sale(self):
        _sold, incident = self.sell_to_nobody()
        with self.assertRaises(AccessError):
            incident.with_user(self.cashier).action_assign_sale()

    # === SESSIONS === #

    def test_an_order_that_waits_in_an_open_session_is_found(self):
        self._sell([(self.lunch, 1)], 120)
        with freeze_time(fields.Datetime.now() + timedelta(days=4)):
            [finding] = self.session_findings()
        self.assertIn(self.pos_session.name, finding["summary"])
        self.assertEqual(finding["severity"], "warning")
        self._close_session()
        with freeze_time(fields.Datetime.now() + timedelta(days=4)):
            self.assertFalse(self.session_findings())

    def test_rows_of_a_session_that_closed_later_lead_to_its_sales(self):
        order = self._order([(self.bun, 1)], [self._offline_payment(30)])
        self._sync(order)  # eaten on 14 September, booked when the session closes
        self._sell([(self.lunch, 1)], 120)
        self._close_session()
        self._open_session()
        self._sell([(self.juice, 1)], 45)
        report = self.report()
        rows = report.line_ids.filtered("is_control")
        self.assertEqual(sum(rows.mapped("ledger_debit")), 195.0)
        for row in rows:
            transfers = self.env["meal.transfer"].search(
                row.action_open_transfers()["domain"]
            )
            taken = transfers.filtered(
                lambda transfer: transfer.debit_account_id.kind == "student"
            )
            self.assertEqual(sum(taken.mapped("amount")), row.ledger_debit)

    def test_a_report_of_one_day_has_the_balances_around_it(self):
        self._sync(self._order([(self.bun, 1)], [self._offline_payment(30)]))
        self._close_session()
        self._open_session()
        self._sell([(self.juice, 1)], 45)
        self.post()
        report = self.env["meal.reconciliation"].create(
            {
                "company_id": self.city.id,
                "date_from": self.today,
                "date_to": self.today,
            }
        )
        report.action_compute()
        self.assertTrue(report.is_equal)
        self.assertEqual(report.opening_ledger, 0.0)
        self.assertEqual(report.opening_difference, 0.0)
        self.assertEqual((report.closing_ledger, report.closing_gl), (425.0, 470.0))
        self.assertEqual(report.closing_pending, -45.0)

    def test_an_honest_session_has_no_findings(self):
        sold = self._sell([(self.lunch, 1), (self.juice, 1)], 165)
        self._sync(
            self._order(
                [(self.juice, -1, sold.lines[1])],
                [self._account_payment(-45)],
                is_refund=True,
            )
        )
        self.assertFalse(self.session_findings())
        self._close_session()
        self.assertFalse(self.session_findings())

    def test_a_payment_without_transfer_is_found(self):
        order = self._sell([(self.lunch, 1)], 120)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE pos_payment SET amount = 121 WHERE pos_order_id = %s", [order.id]
        )
        [finding] = self.session_findings()
        self.assertEqual(finding["school_id"], self.school.id)
        self.env["meal.audit"]._run()
        incident = self.env["meal.incident"].search([("kind", "=", "pos_session")])
        self.assertEqual(incident.state, "open")

    def test_a_session_entry_that_was_changed_is_found(self):
        self._sell([(self.lunch, 1)], 120)
        self._close_session()
        lines = self.pos_session.sudo().move_id.line_ids
        line = lines.filtered(lambda line: line.account_id == self.control)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET debit = 1 WHERE id = %s", [line.id]
        )
        self.assertEqual(len(self.session_findings()), 1)
