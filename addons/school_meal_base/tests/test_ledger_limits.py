from datetime import date, datetime

from psycopg2.errors import CheckViolation

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .ledger_common import LedgerCase


@tagged("post_install", "-at_install")
class TestLedgerLimits(LedgerCase):
    """What parents allow per day and per sitting, and the credit of the school."""

    def setUp(self):
        super().setUp()
        self._top_up(self.account, 100_000)

    def test_the_daily_limit_counts_holds_and_gives_back_refunds(self):
        self.account.limit_day = 100
        self.ledger._authorise(self.account, 6_000, uuid="h1")
        self.assertRefused(
            "limit_day", self.ledger._charge, self.account, 4_001, uuid="c1"
        )
        self.ledger._capture("h1", uuid="p1")
        self.ledger._reverse("p1", 1_000, uuid="r1", kind="refund")
        self.ledger._charge(self.account, 5_000, uuid="c2")
        self.assertRefused("limit_day", self.ledger._charge, self.account, 1, uuid="c3")

    def test_the_limit_per_sitting_starts_anew_after_the_sitting(self):
        self.account.limit_sitting = 50
        at = {"occurred_at": datetime(2026, 9, 14, 7, 0)}
        self.ledger._charge(self.account, 5_000, uuid="c1", **at)
        at["occurred_at"] = datetime(2026, 9, 14, 7, 20)
        self.assertRefused(
            "limit_sitting", self.ledger._charge, self.account, 1, uuid="c2", **at
        )
        at["occurred_at"] = datetime(2026, 9, 14, 7, 31)
        self.ledger._charge(self.account, 5_000, uuid="c3", **at)

    def test_a_set_meal_is_not_a_purchase_that_limits_count(self):
        self.account.limit_day = 10
        self.ledger._charge(self.account, 8_000, uuid="m1", kind="meal")

    def test_a_limit_that_is_taken_away_limits_nothing(self):
        """A form empties a field with False; a person may type 0."""
        for uuid, nothing in enumerate((False, 0, 0.0)):
            for limit in ("limit_day", "limit_sitting"):
                with self.subTest(limit=limit, nothing=nothing):
                    self.account.write({limit: 10})
                    self.account.write({limit: nothing})
                    self.env.flush_all()
                    self.ledger._charge(self.account, 2_000, uuid=f"{limit}-{uuid}")

    @mute_logger("odoo.sql_db")
    def test_a_limit_is_not_negative(self):
        for limit in ("limit_day", "limit_sitting"):
            with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                self.account.write({limit: -1})
                self.env.flush_all()

    def test_yesterdays_goods_given_back_today_are_not_todays_pocket_money(self):
        monday, tuesday = date(2026, 9, 14), date(2026, 9, 15)
        self.account.limit_day = 100
        charge = self.ledger._charge
        charge(self.account, 10_000, uuid="c1", business_date=monday)
        self.ledger._reverse(
            "c1", 6_000, uuid="r1", kind="refund", business_date=tuesday
        )
        charge(self.account, 10_000, uuid="c2", business_date=tuesday)
        self.assertRefused(
            "limit_day", charge, self.account, 1, uuid="c3", business_date=tuesday
        )
        # It was Monday that became cheaper.
        charge(self.account, 6_000, uuid="c4", business_date=monday)

    def test_limits_read_a_day_and_not_the_history(self):
        """No plan may walk all transfers of an account."""
        for since, day in (("2026-09-14 07:00", None), (None, "2026-09-14")):
            with self.subTest(since=since, day=day):
                plan = self._plan("meal_ledger_spent", self.account.id, day, since)
                self.assertRegex(plan, r"Index Cond: .*debit_account_id.*business_date")

    def test_open_holds_are_looked_up_one_by_one(self):
        plan = self._plan("meal_ledger_open_holds", self.account.id, None, None)
        self.assertNotRegex(plan, "Anti|Hash|Merge")
        # Whether `expires_at` is a condition of the index or a filter on it depends on
        # how many rows other tests have left in the statistics.
        self.assertIn("using meal_transfer_open_hold_index", plan)
        self.assertIn("Index Cond: (pending_id = p.id)", plan)

    def _plan(self, function, *args):
        """Plan of a function's body, with its parameters unknown as in the function."""
        [(body,)] = self.env.execute_query(
            SQL("SELECT prosrc FROM pg_proc WHERE proname = %s", function)
        )
        for position, name in enumerate(("p_account", "p_date", "p_since"), 1):
            body = body.replace(name, f"${position}")
        cr = self.env.cr
        cr.execute("SET LOCAL enable_seqscan = off")  # the table of a test is small
        cr.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        # pylint: disable=sql-injection
        cr.execute(f"PREPARE probe (integer, date, timestamp) AS {body}")
        try:
            cr.execute("EXPLAIN EXECUTE probe (%s, %s, %s)", args)
            return "\n".join(line for (line,) in cr.fetchall())
        finally:
            cr.execute("DEALLOCATE probe")

    # === CREDIT === #

    def assertHonestOverdraft(self):
        """What the nightly audit demands."""
        account = self.account
        below = account.held - account.posted - account.credit_limit
        self.assertEqual(account.overdraft, max(0, round(below, 2)))

    def test_a_raised_credit_limit_takes_the_debt_in(self):
        self.ledger._charge(
            self.account, 107_000, uuid="c1", forced=True, reason="served"
        )
        self.assertEqual(self.account.overdraft, 70)
        self.account.credit_limit = 100
        self.assertEqual(self.account.overdraft, 0)
        self.ledger._charge(self.account, 3_000, uuid="c2")
        self.assertRefused(
            "insufficient_funds", self.ledger._charge, self.account, 1, uuid="c3"
        )

    def test_a_lowered_credit_limit_leaves_what_is_owed(self):
        self.account.credit_limit = 100
        self.ledger._charge(self.account, 108_000, uuid="c1")
        self.account.credit_limit = 30
        self.assertEqual(self.account.overdraft, 50)
        self.assertEqual(self.account.available, -50)
        self.account.credit_limit = 0
        self.assertHonestOverdraft()
        self.assertRefused(
            "insufficient_funds", self.ledger._charge, self.account, 1, uuid="c2"
        )
        self._top_up(self.account, 8_000, uuid="topup-2")
        self.assertHonestOverdraft()

    def test_a_released_hold_takes_the_overdraft_with_it(self):
        self.ledger._authorise(self.account, 100_000, uuid="h1", expires_in=-1)
        self.ledger._charge(
            self.account, 5_000, uuid="c1", forced=True, reason="served"
        )
        self.assertEqual(self.account.overdraft, 50)
        self.ledger._release_holds(self.account)
        self.assertHonestOverdraft()
