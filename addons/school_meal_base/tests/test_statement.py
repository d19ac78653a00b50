import io
from datetime import date, datetime
from unittest.mock import patch

import openpyxl
from PyPDF2 import PdfReader

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SchoolMealCase


@tagged("post_install", "-at_install")
class TestStatement(SchoolMealCase):
    """Opening balance, lines and closing balance of one account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.statements = cls.env["meal.statement"]

    def setUp(self):
        super().setUp()
        self._top_up_on(date(2026, 9, 1), 100_000)
        self._buy_on(date(2026, 9, 1), 4_961)
        self._buy_on(date(2026, 9, 3), 3_450)
        self._buy_on(date(2026, 9, 5), 8_528)

    def _top_up_on(self, day, kopecks, uuid=None):
        return self.ledger._top_up(
            self.account, kopecks, debit=self.transit, uuid=uuid or f"up-{day}",
            business_date=day, occurred_at=datetime(day.year, day.month, day.day, 6),
        )  # fmt: skip

    def _buy_on(self, day, kopecks, hour=9):
        return self.ledger._charge(
            self.account, kopecks, uuid=f"buy-{day}-{hour}", business_date=day,
            occurred_at=datetime(day.year, day.month, day.day, hour),
        )  # fmt: skip

    def _statement(self, first=date(2026, 9, 3), last=date(2026, 9, 4)):
        return self.statements._get_statement(self.account, first, last)

    def test_both_ends_of_the_period_belong_to_it(self):
        statement = self._statement(date(2026, 9, 1), date(2026, 9, 3))
        self.assertEqual(
            [(ln["date"].day, ln["debit"], ln["credit"]) for ln in statement["lines"]],
            [(1, 0, 100_000), (1, 4_961, 0), (3, 3_450, 0)],
        )

    def test_opening_plus_lines_is_closing(self):
        statement = self._statement()
        self.assertEqual(statement["opening"], 95_039)
        self.assertEqual((statement["debit"], statement["credit"]), (3_450, 0))
        self.assertEqual(statement["closing"], 91_589)

    def test_closing_of_everything_is_the_stored_balance(self):
        statement = self._statement(date(2020, 1, 1), date(2030, 1, 1))
        self.assertEqual(statement["opening"], 0)
        self.assertEqual(statement["closing"], round(self.account.posted * 100))

    def test_a_hold_is_no_line_until_it_is_captured(self):
        day = date(2026, 9, 4)
        self.ledger._authorise(self.account, 500, uuid="hold", business_date=day)
        self.assertEqual(len(self._statement()["lines"]), 1)
        self.ledger._capture("hold", 400, uuid="capture", business_date=day)
        self.assertEqual(
            [ln["debit"] for ln in self._statement()["lines"]], [3_450, 400]
        )

    def test_transfers_of_other_accounts_do_not_appear(self):
        other = self.classmate.account_id
        self.ledger._top_up(
            other, 777, uuid="o", debit=self.transit, business_date=date(2026, 9, 3)
        )
        self.assertEqual(len(self._statement()["lines"]), 1)

    def test_times_are_local_to_the_school(self):
        line = self._statement()["lines"][0]
        self.assertEqual(line["at"], datetime(2026, 9, 3, 12))

    def test_a_reversal_is_credited(self):
        self.ledger._reverse(
            "buy-2026-09-03-9", 1_000, uuid="r", kind="refund",
            business_date=date(2026, 9, 4),
        )  # fmt: skip
        self.assertEqual(self._statement()["credit"], 1_000)

    def test_who_may_not_read_the_account_gets_no_statement(self):
        stranger = self._new_user("stranger_head", "group_head", self.other_school)
        env = self.env(user=stranger, context={})
        with self.assertRaises(AccessError):
            env["meal.statement"]._get_statement(
                self.account.with_env(env), date(2026, 9, 1), date(2026, 9, 9)
            )

    def test_the_history_of_other_accounts_is_not_scanned(self):
        """The plan of both queries reads by an account's index, nothing else."""
        self._add_history_of_others(2_000)
        plans = []

        def explain(query):
            self.env.cr.execute("EXPLAIN " + query.code, query.params)
            plans.append("\n".join(row[0] for row in self.env.cr.fetchall()))
            return (
                [(0,)] if "bigint" in query.code and "UNION" not in query.code else []
            )

        with patch.object(type(self.env), "execute_query", lambda env, q: explain(q)):
            self.statements._get_opening(self.account, date(2026, 9, 3))
            self.statements._get_rows(self.account, date(2026, 9, 3), date(2026, 9, 4))
        for plan in plans:
            self.assertIn("meal_transfer_debit_index", plan)
            self.assertIn("meal_transfer_credit_index", plan)
            self.assertNotIn("Seq Scan", plan)

    def _add_history_of_others(self, count):
        """In a table of three rows one index is to the planner as good as another."""
        self.env.cr.execute(
            """
            INSERT INTO meal_transfer (uuid, payload_hash, kind, phase,
                debit_account_id, credit_account_id, amount, occurred_at,
                business_date, school_id, company_id, forced, create_date)
            SELECT 'others-' || n, 'x', 'topup', 'single', %(transit)s, %(other)s, 1,
                   '2026-09-01', '2026-09-01', %(school)s, %(company)s, false, now()
              FROM generate_series(1, %(count)s) n;
            ANALYZE meal_transfer
            """,
            {
                "transit": self.transit.id,
                "other": self.classmate.account_id.id,
                "school": self.school.id,
                "company": self.school.company_id.id,
                "count": count,
            },
        )

    def _with_receipt(self):
        lines = [
            {
                "name": "Пицца",
                "qty": 1,
                "weight": "125 г",
                "price": 3450,
                "amount": 3450,
            }
        ]
        receipt = {"name": "Чек №24-001983", "lines": lines}

        def receipts(model, transfers):
            return {transfers[0].id: receipt}

        return patch.object(type(self.statements), "_get_receipts", receipts)

    def test_the_printed_form_shows_balances_receipts_and_totals(self):
        with self._with_receipt():
            content = self.statements._render_pdf(
                self.account, date(2026, 9, 3), date(2026, 9, 4)
            )
        text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
        for expected in (
            "950,39",
            "915,89",
            "Пицца, 125 г",
            "Purchase:",
            "03.09.2026",
        ):
            self.assertIn(expected, text.replace("\u00a0", " "))

    def test_the_workbook_holds_numbers_not_texts(self):
        content = self.statements._render_xlsx(
            self.account, date(2026, 9, 3), date(2026, 9, 4)
        )
        rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
        self.assertIn((datetime(2026, 9, 3), "Purchase", 34.5, None), rows)

    def test_a_period_without_days_is_explained(self):
        wizard = self.env["meal.statement.wizard"].create(
            {"account_id": self.account.id, "preset": "custom"}
        )
        wizard.date_from = False
        with self.assertRaisesRegex(UserError, "Choose the first"):
            wizard.action_pdf()
