from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import OpenTillCase

CORE_LOG = "odoo.addons.point_of_sale.models.pos_order"


@tagged("post_install", "-at_install")
class TestSession(OpenTillCase):
    def _control_lines(self, session):
        return session.move_id.line_ids.filtered(
            lambda line: line.account_id == self.control
        )

    def test_the_control_account_gets_exactly_the_sum_of_the_transfers(self):
        sold = self._sell([(self.lunch, 1), (self.juice, 1)], 165)
        self._sell([(self.lunch, 1)], 120)
        self._sync(
            self._order([(self.bun, 1)], [(self.cash_method, 30, {})]),
            self._order([(self.bun, 1)], [self._offline_payment(30)]),
        )
        self._sync(
            self._order(
                [(self.juice, -1, sold.lines[1])],
                [self._account_payment(-45)],
                is_refund=True,
            )
        )
        self._close_session()
        session = self.pos_session.sudo()
        self.assertEqual(session.state, "closed")
        lines = self._control_lines(session)
        self.assertEqual(sum(lines.mapped("balance")), 165 + 120 + 30 - 45)
        self.assertFalse(lines.partner_id)
        sales = self._transfers(source_model="pos.order", kind="sale")
        refunds = self._transfers(source_model="pos.order", kind="refund")
        moved = sum(sales.mapped("amount")) - sum(refunds.mapped("amount"))
        self.assertEqual(sum(lines.mapped("balance")), moved)
        self.assertFalse(session.bank_payment_ids)

    def test_a_register_without_a_control_account_says_what_to_do(self):
        self._sell([(self.lunch, 1)], 120)
        self.city.meal_control_account_id = False
        with self.assertRaises(UserError) as caught:
            self._close_session()
        self.assertIn("control account", str(caught.exception))

    def test_a_late_order_goes_to_a_recovery_session_and_is_charged(self):
        self._close_session()
        late = self._order([(self.lunch, 1)], [self._offline_payment(120)])
        order = self._sync(late)
        self.assertTrue(order.session_id.rescue)
        self.assertEqual(order.session_id.config_id, self.till)
        self.assertEqual(self._balance(), (38_000, 0))
        self.assertEqual(self._sync(late), order)
        self.assertEqual(self._balance(), (38_000, 0))

    @mute_logger(CORE_LOG)
    def test_late_orders_share_one_recovery_session_that_closes_normally(self):
        self._close_session()
        orders = self._sync(
            self._order([(self.lunch, 1)], [self._offline_payment(120)]),
            self._order([(self.juice, 1)], [self._offline_payment(45)]),
        )
        rescue = orders.session_id.sudo()
        self.assertEqual(len(rescue), 1)
        rescue.action_pos_session_closing_control()
        self.assertEqual(rescue.state, "closed")
        self.assertEqual(sum(self._control_lines(rescue).mapped("balance")), 165)

    @mute_logger(CORE_LOG)
    def test_a_late_order_prefers_the_session_that_is_open_now(self):
        closed = self.pos_session
        self._close_session()
        late = self._order([(self.lunch, 1)], [self._offline_payment(120)])
        self._open_session()
        order = self._sync({**late, "session_id": closed.id})
        self.assertEqual(order.session_id, self.pos_session)

    def test_the_statement_shows_the_dishes_of_a_receipt(self):
        self.lunch.weight = 0.25
        sold = self._sell([(self.lunch, 1), (self.juice, 2)], 210)
        statement = self.env["meal.statement"]._get_statement(
            self.account, "2000-01-01", "2100-01-01"
        )
        line = statement["lines"][-1]
        self.assertIn(sold.pos_reference, line["title"])
        self.assertEqual(line["debit"], 21_000)
        self.assertEqual(
            line["receipt"]["lines"],
            [
                {
                    "name": "Lunch",
                    "qty": 1,
                    "weight": "250 g",
                    "price": 12_000,
                    "amount": 12_000,
                },
                {
                    "name": "Juice",
                    "qty": 2,
                    "weight": "",
                    "price": 4_500,
                    "amount": 9_000,
                },
            ],
        )
