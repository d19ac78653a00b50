from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import OpenTillCase


@tagged("post_install", "-at_install")
class TestSale(OpenTillCase):
    # === At the tap === #

    def test_a_tap_holds_the_amount_and_the_order_captures_it(self):
        request = self._request(12_000)
        answer = self.pos_session.school_authorise(request)
        self.assertEqual(answer, {"status": "created", "available": 38_000})
        self.assertEqual(self._balance(), (50_000, 12_000))
        order = self._sync(
            self._order(
                [(self.lunch, 1)], [self._account_payment(120, request["uuid"])]
            )
        )
        self.assertEqual(order.state, "paid")
        self.assertEqual(self._balance(), (38_000, 0))
        transfer = self._transfers(source_model="pos.order", source_id=order.id)
        self.assertEqual(transfer.phase, "post")
        self.assertEqual(transfer.amount, 120)

    def test_the_same_tap_twice_holds_once(self):
        request = self._request(12_000)
        self.pos_session.school_authorise(request)
        answer = self.pos_session.school_authorise(request)
        self.assertEqual(answer["status"], "exists")
        self.assertEqual(self._balance(), (50_000, 12_000))

    def test_too_little_money_is_refused_with_a_sentence_and_leaves_no_trace(self):
        answer = self.pos_session.school_authorise(self._request(50_001))
        self.assertEqual(answer["code"], "insufficient_funds")
        self.assertNotIn("500", answer["message"])
        self.assertEqual(self._balance(), (50_000, 0))

    def test_a_blocked_card_is_refused_at_payment_although_the_till_had_it(self):
        self.card._block()
        answer = self.pos_session.school_authorise(self._request(12_000))
        self.assertEqual(answer["code"], "card_blocked")
        self.assertEqual(answer["card_state"], "blocked")

    def test_a_card_of_another_student_is_refused(self):
        answer = self.pos_session.school_authorise(
            self._request(12_000, card_id=self.sibling_card.id)
        )
        self.assertEqual(answer["code"], "card_blocked")

    def test_a_banned_product_is_refused_by_name(self):
        self.env["meal.ban"].create(
            {"account_id": self.account.id, "product_id": self.juice.id}
        )
        answer = self.pos_session.school_authorise(
            self._request(16_500, self.lunch + self.juice)
        )
        self.assertEqual(answer["code"], "banned")
        self.assertIn("Juice", answer["message"])

    def test_a_banned_category_bans_what_is_below_it(self):
        drinks = self.env["product.category"].create({"name": "Drinks"})
        self.juice.categ_id = self.env["product.category"].create(
            {"name": "Juices", "parent_id": drinks.id}
        )
        self.env["meal.ban"].create(
            {"account_id": self.account.id, "category_id": drinks.id}
        )
        answer = self.pos_session.school_authorise(self._request(4_500, self.juice))
        self.assertEqual(answer["code"], "banned")

    def test_an_allergen_needs_the_cashiers_word(self):
        self.student.allergen_ids = self.gluten
        request = self._request(3_000, self.bun)
        answer = self.pos_session.school_authorise(request)
        self.assertEqual(answer["code"], "allergen")
        answer = self.pos_session.school_authorise(
            {**request, "allergens_confirmed": True}
        )
        self.assertEqual(answer["status"], "created")

    def test_a_student_of_another_school_is_unknown(self):
        answer = self.pos_session.school_authorise(
            self._request(1_000, student_id=self.stranger.id, card_id=None)
        )
        self.assertEqual(answer["code"], "unknown_card")

    def test_nonsense_amounts_are_refused(self):
        for amount in (0, -100, 10**12, 1.5, None, "120", True, float("nan")):
            answer = self.pos_session.school_authorise(self._request(amount))
            self.assertEqual(answer["code"], "amount_invalid", amount)
        self.assertEqual(self._balance(), (50_000, 0))

    def test_a_nonsense_request_is_refused(self):
        for request in ({}, {"uuid": "x"}, {"uuid": "x", "student_id": "y"}):
            answer = self.pos_session.school_authorise(request)
            self.assertEqual(answer["code"], "bad_request")

    def test_a_cashier_of_another_school_is_turned_away(self):
        other = self._new_user("other_cashier", "group_cashier", self.second_school)
        session = self.pos_session.with_user(other)
        for call in (
            lambda: session.school_authorise(self._request(100)),
            lambda: session.school_roster(),
            lambda: session.school_void("x"),
            lambda: session.school_find_card("BCD14264", {}),
            lambda: session.school_refund_check("x", 1),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_somebody_who_is_no_cashier_is_turned_away(self):
        teacher = self._new_user("a_teacher", "group_teacher", self.school)
        with self.assertRaises(AccessError):
            self.pos_session.with_user(teacher).school_authorise(self._request(100))

    def test_two_tills_cannot_spend_the_same_money(self):
        first = self.pos_session.school_authorise(self._request(30_000))
        second = self.pos_session.school_authorise(self._request(30_000))
        self.assertEqual(first["status"], "created")
        self.assertEqual(second["code"], "insufficient_funds")

    # === Cancelling === #

    def test_a_cancelled_payment_gives_its_hold_back_once(self):
        request = self._request(12_000)
        self.pos_session.school_authorise(request)
        for _attempt in range(2):
            answer = self.pos_session.school_void(request["uuid"])
            self.assertEqual(answer["available"], 50_000)
        self.assertEqual(self._balance(), (50_000, 0))

    def test_a_paid_order_cannot_be_voided_any_more(self):
        order = self._sell([(self.lunch, 1)], 120)
        answer = self.pos_session.school_void(order.payment_ids.uuid)
        self.assertEqual(answer["code"], "hold_resolved")
        self.assertEqual(self._balance(), (38_000, 0))

    # === Delivery === #

    def test_an_order_delivered_twice_charges_once(self):
        order = self._order([(self.lunch, 1)], [self._offline_payment(120)])
        first = self._sync(order)
        second = self._sync(order)
        self.assertEqual(first, second)
        self.assertEqual(self._balance(), (38_000, 0))

    def test_an_order_without_a_hold_is_refused_while_on_line(self):
        with self.assertRaises(UserError):
            self._sync(self._order([(self.lunch, 1)], [self._account_payment(120)]))
        self.assertEqual(self._balance(), (50_000, 0))

    def test_an_order_that_fails_after_the_capture_moves_no_money(self):
        request = self._request(12_000)
        self.pos_session.school_authorise(request)
        order = self._order(
            [(self.lunch, 1)], [self._account_payment(120, request["uuid"])]
        )
        target = "odoo.addons.point_of_sale.models.pos_order.PosOrder.read_pos_data"
        with (
            patch(target, side_effect=UserError("broken")),
            self.assertRaises(UserError),
            self.env.cr.savepoint(),
        ):
            self._sync(order)
        self.assertEqual(self._balance(), (50_000, 12_000))
        self._sync(order)
        self.assertEqual(self._balance(), (38_000, 0))

    def test_a_released_hold_is_charged_openly(self):
        request = self._request(12_000)
        self.pos_session.school_authorise(request)
        self.pos_session.school_void(request["uuid"])
        order = self._sync(
            self._order(
                [(self.lunch, 1)], [self._account_payment(120, request["uuid"])]
            )
        )
        transfer = self._transfers(source_id=order.id, source_model="pos.order")
        self.assertEqual(transfer.reason, "hold_released")
        self.assertTrue(transfer.forced)

    def test_part_account_part_cash_charges_only_its_part(self):
        request = self._request(10_000)
        self.pos_session.school_authorise(request)
        self._sync(
            self._order(
                [(self.lunch, 1)],
                [
                    self._account_payment(100, request["uuid"]),
                    (self.cash_method, 20, {}),
                ],
            )
        )
        self.assertEqual(self._balance(), (40_000, 0))

    # === Off line === #

    def test_an_offline_order_is_charged_with_its_own_time(self):
        self.pos_session.sudo().start_at = "2026-09-14 07:00:00"
        order = self._sync(self._order([(self.lunch, 1)], [self._offline_payment(120)]))
        transfer = self._transfers(source_id=order.id, source_model="pos.order")
        self.assertFalse(transfer.forced)
        self.assertEqual(str(transfer.occurred_at), "2026-09-14 09:30:00")
        self.assertEqual(str(transfer.business_date), "2026-09-14")

    def test_what_an_offline_order_cannot_cover_becomes_a_forced_transfer(self):
        orders = [
            self._order([(self.lunch, 1)], [self._offline_payment(120)])
            for _number in range(5)
        ]
        self._sync(*orders)
        self.assertEqual(self._balance(), (-10_000, 0))
        forced = self._transfers(forced=True, debit_account_id=self.account.id)
        self.assertEqual(forced.reason, "offline_uncovered")
        self.assertEqual(forced.amount, 120)

    def test_an_offline_order_of_a_blocked_account_is_recorded(self):
        self.account.state = "blocked"
        self._sync(self._order([(self.lunch, 1)], [self._offline_payment(120)]))
        self.assertEqual(self._balance(), (38_000, 0))

    def test_an_offline_order_of_a_vanished_student_is_recorded_in_suspense(self):
        order = self._sync(
            self._order(
                [(self.lunch, 1)], [self._offline_payment(120, meal_student_ref=0)]
            )
        )
        transfer = self._transfers(source_id=order.id, source_model="pos.order")
        self.assertEqual(transfer.debit_account_id.kind, "suspense")

    def test_a_hold_made_before_the_network_broke_is_used_and_not_charged_twice(self):
        request = self._request(12_000)
        self.pos_session.school_authorise(request)  # the answer was lost on the way
        payment = self._offline_payment(120, uuid=request["uuid"])
        self._sync(self._order([(self.lunch, 1)], [payment]))
        self.assertEqual(self._balance(), (38_000, 0))

    # === Refunds === #

    def test_a_refund_credits_the_account_once(self):
        sold = self._sell([(self.lunch, 1), (self.juice, 1)], 165)
        self.assertEqual(
            self.pos_session.school_refund_check(sold.uuid, 4_500),
            {"status": "ok", "student_id": self.student.id},
        )
        refund = self._order(
            [(self.juice, -1, sold.lines[1])],
            [self._account_payment(-45)],
            is_refund=True,
        )
        self._sync(refund)
        self._sync(refund)
        self.assertEqual(self._balance(), (38_000, 0))
        reversal = self._transfers(kind="refund")
        self.assertEqual(reversal.amount, 45)
        self.assertTrue(reversal.reversal_of_id)

    def test_no_more_comes_back_than_was_paid_from_the_account(self):
        request = self._request(5_000)
        self.pos_session.school_authorise(request)
        sold = self._sync(
            self._order(
                [(self.lunch, 1)],
                [
                    self._account_payment(50, request["uuid"]),
                    (self.cash_method, 70, {}),
                ],
            )
        )
        answer = self.pos_session.school_refund_check(sold.uuid, 12_000)
        self.assertEqual(answer["code"], "refund_without_sale")
        with self.assertRaises(UserError):
            self._sync(
                self._order(
                    [(self.lunch, -1, sold.lines)],
                    [self._account_payment(-120)],
                    is_refund=True,
                )
            )

    def test_a_refund_without_a_sale_is_refused(self):
        answer = self.pos_session.school_refund_check(None, 100)
        self.assertEqual(answer["code"], "refund_without_sale")
        with self.assertRaises(UserError):
            self._sync(self._order([(self.lunch, -1)], [self._account_payment(-120)]))

    def test_an_offline_sale_can_be_refunded_too(self):
        sold = self._sync(self._order([(self.lunch, 1)], [self._offline_payment(120)]))
        self._sync(
            self._order(
                [(self.lunch, -1, sold.lines)],
                [self._account_payment(-120)],
                is_refund=True,
            )
        )
        self.assertEqual(self._balance(), (50_000, 0))

    # === Settings === #

    def test_a_till_that_takes_accounts_needs_a_school(self):
        with self.assertRaises(ValidationError):
            self.till.school_id = False

    def test_the_account_method_has_no_journal(self):
        with self.assertRaises(ValidationError):
            self.env["pos.payment.method"].create(
                {
                    "name": "Wrong",
                    "payment_method_type": "terminal",
                    "use_payment_terminal": "school_account",
                    "split_transactions": True,
                }
            )
