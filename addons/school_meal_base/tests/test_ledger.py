from datetime import datetime

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .ledger_common import LedgerCase


@tagged("post_install", "-at_install")
class TestLedger(LedgerCase):
    # === TOP-UP, CHARGE === #

    def test_a_top_up_can_be_spent_to_the_last_kopeck_and_not_beyond(self):
        self._top_up(self.account, 10_001)
        self.ledger._charge(self.account, 10_000, uuid="c1")
        self.assertRefused(
            "insufficient_funds", self.ledger._charge, self.account, 2, uuid="c2"
        )
        self.ledger._charge(self.account, 1, uuid="c3")
        self.assertBalance(self.account, 0)

    def test_the_same_operation_twice_is_recorded_once(self):
        first = self._top_up(self.account, 5_000)
        second = self._top_up(self.account, 5_000)
        self.assertEqual((first.status, second.status), ("created", "exists"))
        self.assertEqual(first.transfer_id, second.transfer_id)
        self.assertBalance(self.account, 5_000)

    def test_a_repeat_is_answered_although_the_money_is_gone(self):
        self._top_up(self.account, 5_000)
        self.ledger._charge(self.account, 5_000, uuid="c1")
        repeat = self.ledger._charge(self.account, 5_000, uuid="c1")
        self.assertEqual(repeat.status, "exists")
        self.assertEqual(repeat.available, 0)

    def test_one_operation_id_cannot_serve_two_operations(self):
        self._top_up(self.account, 5_000)
        self.assertRefused("uuid_conflict", self._top_up, self.account, 5_001)

    def test_impossible_amounts_leave_no_trace(self):
        for amount in (0, -1, 10**14, 1.5, float("nan"), "100", None, True):
            with self.subTest(amount=amount):
                self.assertRefused(
                    "amount_invalid",
                    self.ledger._charge,
                    self.account,
                    amount,
                    uuid="c1",
                )

    def test_a_forced_charge_leaves_a_debt_that_a_top_up_repays_first(self):
        self.ledger._charge(
            self.account, 7_000, uuid="c1", forced=True, reason="served", kind="meal"
        )
        self.assertBalance(self.account, -7_000)
        self.assertEqual(self.account.overdraft, 70)
        self._top_up(self.account, 5_000)
        self.assertEqual(self.account.overdraft, 20)
        self.assertRefused(
            "insufficient_funds", self.ledger._charge, self.account, 1, uuid="c2"
        )
        self._top_up(self.account, 3_000, uuid="topup-2")
        self.assertEqual(self.account.overdraft, 0)
        self.ledger._charge(self.account, 1_000, uuid="c3")
        self.assertBalance(self.account, 0)

    def test_the_credit_limit_extends_what_can_be_spent(self):
        self.account.credit_limit = 50
        self.ledger._charge(self.account, 5_000, uuid="c1")
        self.assertRefused(
            "insufficient_funds", self.ledger._charge, self.account, 1, uuid="c2"
        )

    def test_blocked_and_closed_accounts_refuse_what_is_voluntary(self):
        self._top_up(self.account, 5_000)
        self.account.state = "blocked"
        self.assertRefused(
            "account_blocked", self.ledger._charge, self.account, 1, uuid="c1"
        )
        self._top_up(self.account, 100, uuid="topup-2")
        self.account.state = "closed"
        self.assertRefused("account_closed", self._top_up, self.account, 1, uuid="t3")
        forced = self.ledger._charge(
            self.account, 100, uuid="c2", forced=True, reason="served"
        )
        self.assertEqual(forced.posted, 5_000)

    def test_money_does_not_cross_companies(self):
        stranger = self.stranger.account_id
        self._top_up(self.account, 5_000)
        self.assertRefused(
            "unknown_account",
            self.ledger._transfer_between,
            self.account,
            stranger,
            100,
            uuid="x",
        )

    def test_siblings_share_money(self):
        self._top_up(self.account, 5_000)
        self.ledger._transfer_between(
            self.account, self.sibling.account_id, 2_000, uuid="s1"
        )
        self.assertBalance(self.account, 3_000)
        self.assertBalance(self.sibling.account_id, 2_000)

    # === HOLDS === #

    def test_a_hold_blocks_money_until_it_is_captured(self):
        self._top_up(self.account, 10_000)
        self.ledger._authorise(self.account, 6_000, uuid="h1")
        self.assertBalance(self.account, 10_000, held=6_000)
        self.assertRefused(
            "insufficient_funds", self.ledger._authorise, self.account, 4_001, uuid="h2"
        )
        self.ledger._capture("h1", uuid="p1")
        self.assertBalance(self.account, 4_000)

    def test_a_smaller_capture_gives_the_rest_back(self):
        self._top_up(self.account, 10_000)
        self.ledger._authorise(self.account, 6_000, uuid="h1")
        self.assertRefused(
            "capture_exceeds", self.ledger._capture, "h1", 6_001, uuid="p"
        )
        self.ledger._capture("h1", 2_500, uuid="p1")
        self.assertBalance(self.account, 7_500)

    def test_a_hold_is_resolved_once(self):
        self._top_up(self.account, 10_000)
        self.ledger._authorise(self.account, 6_000, uuid="h1")
        self.ledger._capture("h1", uuid="p1")
        self.assertEqual(self.ledger._capture("h1", uuid="p1").status, "exists")
        self.assertRefused("hold_resolved", self.ledger._capture, "h1", uuid="p2")
        self.assertRefused("hold_resolved", self.ledger._void, "h1", uuid="v1")
        self.assertBalance(self.account, 4_000)

    def test_releasing_twice_gives_back_once(self):
        self._top_up(self.account, 10_000)
        self.ledger._authorise(self.account, 6_000, uuid="h1")
        self.ledger._void("h1", uuid="v1")
        self.assertEqual(self.ledger._void("h1", uuid="v2").status, "exists")
        self.assertBalance(self.account, 10_000)

    # === REVERSALS === #

    def test_reversals_never_exceed_what_was_paid(self):
        self._top_up(self.account, 10_000)
        self.ledger._charge(self.account, 8_000, uuid="c1")
        self.ledger._reverse("c1", 3_000, uuid="r1", kind="refund")
        self.assertRefused(
            "reversal_exceeds", self.ledger._reverse, "c1", 5_001, uuid="r2"
        )
        self.ledger._reverse("c1", 5_000, uuid="r3", kind="refund")
        self.assertBalance(self.account, 10_000)

    def test_a_spent_top_up_is_taken_back_only_openly(self):
        self._top_up(self.account, 10_000)
        self.ledger._charge(self.account, 8_000, uuid="c1")
        self.assertRefused(
            "insufficient_funds", self.ledger._reverse, "topup-1", uuid="r1"
        )
        self.ledger._reverse("topup-1", uuid="r1", forced=True)
        self.assertBalance(self.account, -8_000)

    def test_what_is_forced_has_a_reason(self):
        with self.assertRaisesRegex(ValueError, "reason"):
            self.ledger._charge(self.account, 100, uuid="c1", forced=True)

    # === DATES === #

    def test_the_business_date_is_the_schools_day(self):
        late_evening = datetime(2026, 9, 13, 21, 30)  # 14 September in Moscow
        result = self.ledger._charge(
            self.account,
            100,
            uuid="c1",
            forced=True,
            reason="served",
            occurred_at=late_evening,
        )
        transfer = self.env["meal.transfer"].browse(result.transfer_id)
        self.assertEqual(str(transfer.business_date), "2026-09-14")

    # === BATCHES === #

    def test_a_batch_records_the_good_and_explains_the_bad(self):
        self._top_up(self.account, 5_000)
        operations = [
            self._operation("b1", 3_000),
            self._operation("b2", 3_000),
            self._operation("b3", -1),
            self._operation("b4", 2_000),
        ]
        answers = self.ledger._write_many(operations)
        self.assertEqual(
            [getattr(answer, "code", "ok") for answer in answers],
            ["ok", "insufficient_funds", "amount_invalid", "ok"],
        )
        self.assertBalance(self.account, 0)

    def test_a_batch_sees_what_is_not_flushed_yet(self):
        self._top_up(self.account, 5_000)
        self.account.state = "blocked"
        [answer] = self.ledger._write_many([self._operation("b1", 3_000)])
        self.assertEqual(answer.code, "account_blocked")

    def _operation(self, uuid, amount):
        sales = self.env["meal.account"]._system("sales", self.city)
        return {
            "phase": "single",
            "uuid": uuid,
            "kind": "sale",
            "debit": self.account,
            "credit": sales,
            "amount": amount,
            "occurred_at": datetime(2026, 9, 14, 7, 0),
        }

    # === ONE WRITER === #

    def test_nobody_else_writes_the_ledger(self):
        self._top_up(self.account, 5_000)
        transfer = self.env["meal.transfer"].search([("uuid", "=", "topup-1")])
        for attempt in (
            lambda: transfer.sudo().write({"amount": 1}),
            lambda: transfer.sudo().unlink(),
            lambda: transfer.sudo().copy(),
            lambda: self.account.sudo().write({"posted": 1}),
        ):
            with self.assertRaises(UserError):
                attempt()

    @mute_logger("odoo.sql_db")
    def test_the_database_itself_refuses_changes_of_the_past(self):
        self._top_up(self.account, 5_000)
        for statement in (
            SQL("UPDATE meal_transfer SET amount = 1"),
            SQL("DELETE FROM meal_transfer"),
            SQL("TRUNCATE meal_transfer CASCADE"),
        ):
            with self.assertRaisesRegex(Exception, "never changed"):
                with self.env.cr.savepoint():
                    self.env.cr.execute(statement)

    @mute_logger("odoo.sql_db")
    def test_an_account_with_entries_cannot_be_deleted(self):
        self._top_up(self.account, 5_000)
        for account in self.account + self.transit:
            with self.assertRaisesRegex(Exception, "cannot be deleted"):
                with self.env.cr.savepoint():
                    account.sudo().unlink()
        self.assertTrue(self.account.exists())

    @mute_logger("odoo.sql_db")
    def test_the_database_itself_refuses_overspending(self):
        with self.assertRaisesRegex(Exception, "no_overspending"):
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    SQL(
                        "UPDATE meal_account SET posted = -1 WHERE id = %s",
                        self.account.id,
                    )
                )
