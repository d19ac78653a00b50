import threading

from psycopg2 import errors, sql
from psycopg2.extensions import (
    ISOLATION_LEVEL_READ_COMMITTED,
    ISOLATION_LEVEL_REPEATABLE_READ,
)

from odoo.tests import tagged

from .race_common import RaceCase

BUYER, SALES, TRANSIT, SUPPLIER = 1, 2, 3, 4


@tagged("post_install", "-at_install")
class TestLedgerRaces(RaceCase):
    """Two real connections at once, in both isolation levels.

    Committed rows of the ledger can never be deleted, so the functions run on copies of
    its tables in a schema of their own.
    """

    schema = "test_ledger_races"
    tables = ("meal_account", "meal_transfer")

    def setUp(self):
        super().setUp()
        self._admin("TRUNCATE meal_transfer, meal_account")
        self._admin(
            """
            INSERT INTO meal_account (id, kind, number, company_id, state, posted, held,
                                      overdraft, credit_limit)
            VALUES (1, 'student', '1', 1, 'open', 0, 0, 0, 0),
                   (2, 'sales', NULL, 1, 'open', 0, 0, 0, 0),
                   (3, 'transit', NULL, 1, 'open', 0, 0, 0, 0),
                   (4, 'supplier', NULL, 1, 'open', 0, 0, 0, 0)
            """
        )
        self._one(self.admin, "topup", "single", TRANSIT, BUYER, 10_000)

    def _admin(self, query):
        return self._run(self.admin, query)

    def _one(self, connection, uuid, phase, debit=None, credit=None, amount=None, **kw):
        names = {"ref": "p_ref", "forced": "p_forced", "expires_in": "p_expires_in"}
        values = {
            "p_uuid": uuid,
            "p_phase": phase,
            "p_kind": "sale",
            "p_debit": debit,
            "p_credit": credit,
            "p_amount": amount,
            "p_reason": "correction",
            **{names[key]: value for key, value in kw.items()},
        }
        query = sql.SQL("SELECT status FROM meal_ledger_write({})").format(
            sql.SQL(", ").join(
                sql.SQL("{} => {}").format(sql.Identifier(name), sql.Placeholder(name))
                for name in values
            )
        )
        with connection.cursor() as cr:
            cr.execute(query, values)
            return cr.fetchone()[0]

    def _race(self, level, first, second):
        """Let the second operation begin before the first commits.

        :return: what the second one answered, "40001" when it has to be repeated
        """
        one, two = self._connect(level), self._connect(level)
        self.addCleanup(one.close)
        self.addCleanup(two.close)
        with two.cursor() as cr:  # its snapshot is taken before the first writes
            cr.execute("SELECT count(*), pg_backend_pid() FROM meal_transfer")
            _count, pid = cr.fetchone()
        self.assertEqual(self._one(one, **first), "created")
        answers = []

        def run():
            try:
                answers.append(self._one(two, **second))
                two.commit()
            except errors.SerializationFailure:
                answers.append("40001")
                two.rollback()

        thread = threading.Thread(target=run)
        thread.start()
        while thread.is_alive() and not self._waits(pid):
            thread.join(0.01)
        one.commit()
        thread.join()
        return answers[0]

    def _waits(self, pid):
        with self.admin.cursor() as cr:
            cr.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", (pid,))
            return cr.fetchone()[0]

    def _balance(self):
        [row] = self._admin("SELECT posted, held FROM meal_account WHERE id = 1")
        return row

    def _both_levels(self, race):
        for level in (ISOLATION_LEVEL_READ_COMMITTED, ISOLATION_LEVEL_REPEATABLE_READ):
            with self.subTest(level=level):
                self.setUp()
                race(level)

    def test_one_act_between_system_accounts_is_reversed_once(self):
        def race(level):
            self._one(self.admin, "act", "single", SALES, SUPPLIER, 5_000)
            reversal = {"phase": "single", "ref": "act", "amount": 5_000}
            answer = self._race(
                level, {"uuid": "r1", **reversal}, {"uuid": "r2", **reversal}
            )
            self.assertIn(answer, ("reversal_exceeds", "40001"))
            # Whoever repeats it learns why.
            self.assertEqual(
                self._one(self.admin, uuid="r2", **reversal), "reversal_exceeds"
            )

        self._both_levels(race)

    def test_partial_reversals_at_once_stay_within_the_original(self):
        def race(level):
            self._one(self.admin, "act", "single", SALES, SUPPLIER, 5_000)
            part = {"phase": "single", "ref": "act"}
            second = {"uuid": "r2", "amount": 2_000, **part}
            if self._race(level, {"uuid": "r1", "amount": 3_000, **part}, second) != (
                "created"
            ):
                self.assertEqual(self._one(self.admin, **second), "created")
            [(total,)] = self._admin(
                "SELECT sum(amount) FROM meal_transfer WHERE reversal_of_id IS NOT NULL"
            )
            self.assertEqual(total, 50)

        self._both_levels(race)

    def test_an_expired_hold_is_charged_once_by_two_callers(self):
        def race(level):
            self._one(self.admin, "hold", "pending", BUYER, SALES, 6_000, expires_in=-1)
            self._admin("SELECT meal_ledger_expire(1)")
            capture = {"phase": "post", "ref": "hold"}
            answer = self._race(
                level, {"uuid": "p1", **capture}, {"uuid": "p2", **capture}
            )
            self.assertIn(answer, ("hold_resolved", "40001"))
            [(posted,)] = self._admin("SELECT posted FROM meal_account WHERE id = 1")
            self.assertEqual(posted, 40)

        self._both_levels(race)

    def test_a_hold_is_captured_once_by_two_callers(self):
        def race(level):
            self._one(self.admin, "hold", "pending", BUYER, SALES, 6_000)
            capture = {"phase": "post", "ref": "hold"}
            second = {"uuid": "p2", **capture}
            self.assertEqual(
                self._race(level, {"uuid": "p1", **capture}, second), "40001"
            )
            # Whoever repeats it learns why.
            self.assertEqual(self._one(self.admin, **second), "hold_resolved")
            self.assertEqual(self._balance(), (40, 0))

        self._both_levels(race)

    def test_a_hold_is_not_released_twice_beside_another(self):
        def race(level):
            for hold in ("other", "hold"):
                self._one(self.admin, hold, "pending", BUYER, SALES, 3_000)
            answer = self._race(
                level,
                {"uuid": "p1", "phase": "post", "ref": "hold"},
                {"uuid": "v2", "phase": "void", "ref": "hold"},
            )
            self.assertEqual(answer, "40001")
            self.assertEqual(self._balance(), (70, 30))

        self._both_levels(race)

    def test_money_is_not_spent_twice(self):
        def race(level):
            sale = {"phase": "single", "debit": BUYER, "credit": SALES, "amount": 6_000}
            answer = self._race(level, {"uuid": "c1", **sale}, {"uuid": "c2", **sale})
            self.assertIn(answer, ("insufficient_funds", "40001"))

        self._both_levels(race)

    def test_a_system_account_opened_twice_at_once_is_one(self):
        def race(level):
            one, two = self._connect(level), self._connect(level)
            self.addCleanup(one.close)
            self.addCleanup(two.close)
            query = "SELECT meal_ledger_system_account(1, 'payout')"
            with one.cursor() as first, two.cursor() as second:
                second.execute("SELECT count(*) FROM meal_account")
                first.execute(query)
                [account] = first.fetchone()
                one.commit()
                if level == ISOLATION_LEVEL_REPEATABLE_READ:
                    with self.assertRaises(errors.SerializationFailure):
                        second.execute(query)
                    two.rollback()
                second.execute(query)
                self.assertEqual(second.fetchone(), (account,))
                two.commit()

        self._both_levels(race)
