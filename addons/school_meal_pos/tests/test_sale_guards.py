from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OpenTillCase


@tagged("post_install", "-at_install")
class TestSaleGuards(OpenTillCase):
    """What a till says is checked: the browser belongs to whoever sits at it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outsider = cls._new_student(
            cls._new_class(cls.second_school, 5, "А"), "Smirnov", "Oleg"
        )
        cls.env["meal.account"]._issue(cls.outsider)
        cls.ledger._top_up(
            cls.outsider.account_id, 50_000, uuid="more", debit=cls.transit
        )

    def _incidents(self, kind="till_offline_sale"):
        return self.env["meal.incident"].search([("kind", "=", kind)])

    # === Whose account === #

    def test_a_child_of_another_school_is_never_charged_off_line(self):
        order = self._sync(
            self._order(
                [(self.lunch, 1)],
                [self._offline_payment(120, meal_student_ref=self.outsider.id)],
            )
        )
        self.assertEqual(order.state, "paid")
        self.assertEqual(self._balance(self.outsider.account_id), (50_000, 0))
        transfer = self._transfers(source_model="pos.order", source_id=order.id)
        self.assertEqual(transfer.debit_account_id.kind, "suspense")
        incident = self._incidents()
        self.assertIn("Smirnov Oleg", incident.summary)
        self.assertIn("Cashier", incident.summary)

    def test_a_child_who_moved_before_the_order_arrived_is_charged(self):
        self.student.enrolment_ids.date_from -= timedelta(days=30)
        self.student.write(
            {
                "school_id": self.second_school.id,
                "class_id": self.outsider.class_id.id,
            }
        )
        self._sync(self._order([(self.lunch, 1)], [self._offline_payment(120)]))
        self.assertEqual(self._balance(), (38_000, 0))
        self.assertFalse(self._incidents())

    def test_the_hold_of_another_school_is_neither_captured_nor_released(self):
        self.ledger._authorise(
            self.outsider.account_id, 12_000, uuid="theirs", school=self.second_school
        )
        payment = self._account_payment(120, "theirs")
        with self._refused(UserError, "not found"):
            self._sync(self._order([(self.lunch, 1)], [payment]))
        answer = self.pos_session.school_void("theirs")
        self.assertEqual(answer["code"], "hold_not_found")
        self.assertEqual(self._balance(self.outsider.account_id), (50_000, 12_000))

    def test_more_than_the_cap_on_one_day_is_recorded_and_shown_to_people(self):
        self._sync(self._order([(self.lunch, 2)], [self._offline_payment(240)]))
        self.assertFalse(self._incidents())
        self._sync(self._order([(self.lunch, 1)], [self._offline_payment(120)]))
        self.assertEqual(self._balance(), (14_000, 0))
        incident = self._incidents()
        self.assertEqual(incident.severity, "warning")
        self.assertIn("Ivanov Ivan", incident.summary)
        self.assertEqual(incident.details["cashier"], "Cashier")

    # === When === #

    def test_a_sale_is_never_older_than_its_session_nor_in_the_future(self):
        session = self.pos_session.sudo()
        for claimed in ("2020-01-01 10:00:00", "2099-01-01 10:00:00"):
            order = self._sync(
                self._order(
                    [(self.juice, 1)],
                    [self._offline_payment(45, meal_occurred_at=claimed)],
                )
            )
            transfer = self._transfers(source_model="pos.order", source_id=order.id)
            self.assertGreaterEqual(transfer.occurred_at, session.start_at)
            self.assertLessEqual(transfer.occurred_at, fields.Datetime.now())

    def test_a_late_order_keeps_the_time_of_its_own_session(self):
        session = self.pos_session.sudo()
        session.start_at -= timedelta(days=2)
        sold_at = session.start_at + timedelta(hours=1)
        self._close_session()
        order = self._sync(
            self._order(
                [(self.lunch, 1)],
                [self._offline_payment(120, meal_occurred_at=sold_at)],
            )
        )
        self.assertTrue(order.session_id.rescue)
        transfer = self._transfers(source_model="pos.order", source_id=order.id)
        self.assertEqual(transfer.occurred_at, sold_at)

    # === Money of accounts stays out of the drawer === #

    def test_no_change_is_given_from_an_account(self):
        for payment in (self._offline_payment(500), self._account_payment(500, "big")):
            self.pos_session.school_authorise(self._request(50_000, uuid="big"))
            order = self._order([(self.lunch, 1)], [payment], amount_return=-380)
            with self._refused(UserError, "nothing may"):
                self._sync(order)
        self.assertFalse(self.pos_session.order_ids)
        self.assertEqual(self._balance(), (50_000, 50_000))  # held at the tap

    def test_an_order_paid_from_an_account_is_not_given_back_in_cash(self):
        sold = self._sell([(self.lunch, 1), (self.juice, 1)], 165)
        with self._refused(UserError, "back to the account"):
            self._sync(
                self._order(
                    [(self.juice, -1, sold.lines[1])],
                    [(self.cash_method, -45, {})],
                    is_refund=True,
                )
            )
        self.assertEqual(self.pos_session.order_ids, sold)
        self.assertEqual(self._balance(), (33_500, 0))

    def test_only_the_part_paid_in_cash_is_given_back_in_cash(self):
        request = self._request(5_000)
        self.pos_session.school_authorise(request)
        sold = self._sync(
            self._order(
                [(self.lunch, 1), (self.juice, 1)],
                [
                    self._account_payment(50, request["uuid"]),
                    (self.cash_method, 115, {}),
                ],
            )
        )
        self._sync(
            self._order(
                [(self.juice, -1, sold.lines[1])],
                [(self.cash_method, -45, {})],
                is_refund=True,
            )
        )
        orders = self.pos_session.order_ids
        self.assertEqual((orders - sold).amount_paid, -45)
        with self._refused(UserError, "back to the account"):
            self._sync(
                self._order(
                    [(self.lunch, -1, sold.lines[0])],
                    [(self.cash_method, -120, {})],
                    is_refund=True,
                )
            )
        self.assertEqual(self.pos_session.order_ids, orders)
        self.assertEqual(self._balance(), (45_000, 0))

    # === Numbers of holds === #

    def test_a_released_hold_is_no_yes(self):
        request = self._request(12_000)
        self.pos_session.school_authorise(request)
        self.pos_session.school_void(request["uuid"])
        answer = self.pos_session.school_authorise(request)
        self.assertEqual(answer["code"], "hold_resolved")
        self.assertEqual(self._balance(), (50_000, 0))

    def test_a_question_that_comes_after_its_order_holds_nothing(self):
        request = self._request(12_000)
        payment = self._offline_payment(120, uuid=request["uuid"])
        self._sync(self._order([(self.lunch, 1)], [payment]))
        answer = self.pos_session.school_authorise(request)
        self.assertEqual(answer["code"], "hold_resolved")
        self.assertEqual(self._balance(), (38_000, 0))

    def test_a_lost_answer_followed_by_a_resend_charges_once(self):
        request = self._request(12_000)
        self.pos_session.school_authorise(request)  # its answer was lost
        order = self._order(
            [(self.lunch, 1)], [self._offline_payment(120, uuid=request["uuid"])]
        )
        self._sync(order)  # its answer too
        self._sync(order)
        self.pos_session.school_authorise(request)  # and the question once more
        self.assertEqual(self._balance(), (38_000, 0))
        self.assertEqual(len(self._transfers(source_model="pos.order")), 1)

    def test_the_till_never_learns_of_a_debt(self):
        request = self._request(12_000)
        self.pos_session.school_authorise(request)
        self.ledger._charge(
            self.account, 90_000, uuid="debt", forced=True, reason="served"
        )
        again = self.pos_session.school_authorise(request)
        self.assertEqual(again["available"], 0)
        answer = self.pos_session.school_void(request["uuid"])
        self.assertEqual(answer["available"], 0)
