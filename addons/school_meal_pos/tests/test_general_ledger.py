from odoo import fields
from odoo.tests import tagged

from .common import SchoolTillCase


@tagged("post_install", "-at_install")
class TestGeneralLedger(SchoolTillCase):
    """What the till sells is in both ledgers, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
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
