import base64
import io
from datetime import date

import openpyxl

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .gl_common import MONDAY, TUESDAY, WEDNESDAY, GeneralLedgerCase

ENTRY_LOG = "odoo.addons.school_meal_base.models.meal_posting_entry"


@tagged("post_install", "-at_install")
class TestMealReconciliation(GeneralLedgerCase):
    """Ledger − not posted = general ledger, per day and account."""

    def report(self, first=MONDAY, last=WEDNESDAY, company=None):
        report = self.env["meal.reconciliation"].create(
            {
                "company_id": (company or self.city).id,
                "date_from": first,
                "date_to": last,
            }
        )
        report.action_compute()
        return report

    def entry(self, debit, credit, amount, day=TUESDAY):
        """A journal entry that somebody makes by hand."""
        move = self.env["account.move"].create(
            {
                "date": day,
                "journal_id": self.city.meal_journal_id.id,
                "line_ids": [
                    Command.create({"account_id": debit.id, "debit": amount}),
                    Command.create({"account_id": credit.id, "credit": amount}),
                ],
            }
        )
        move.action_post()
        return move

    def row(self, report, account, day):
        return report.line_ids.filtered(
            lambda line: line.account_id == account and line.date == day
        )

    def test_all_posted_is_equal(self):
        self._pay_in(100_000, MONDAY)
        self._buy(4_550, TUESDAY)
        self._post()
        report = self.report()
        self.assertTrue(report.is_equal)
        self.assertEqual(report.difference, 0.0)
        self.assertEqual((report.closing_ledger, report.closing_gl), (954.5, 954.5))
        self.assertEqual(report.closing_pending, 0.0)

    def test_what_is_not_posted_stands_apart_and_is_no_difference(self):
        self._pay_in(100_000, MONDAY)
        self._post()
        self._buy(4_550, TUESDAY)
        self._buy(1_000, WEDNESDAY, source=("pos.order", 7))
        report = self.report()
        self.assertTrue(report.is_equal)
        self.assertEqual(report.closing_ledger, 944.5)
        self.assertEqual(report.closing_pending, -55.5)
        self.assertEqual(report.closing_gl, 1000.0)
        row = self.row(report, self.control, TUESDAY)
        self.assertEqual((row.ledger_debit, row.pending_debit), (45.5, 45.5))

    def test_an_entry_by_hand_on_the_control_account_is_a_difference(self):
        self._pay_in(100_000, MONDAY)
        self._post()
        self.entry(self.control, self.mappings["sales"], 0.01)
        report = self.report()
        self.assertFalse(report.is_equal)
        self.assertEqual(report.difference, 0.01)
        self.assertEqual(self.row(report, self.control, TUESDAY).difference, 0.01)
        self.assertEqual(self.row(report, self.control, MONDAY).difference, 0.0)

    def test_a_bank_statement_on_the_transit_account_is_no_difference(self):
        self._pay_in(100_000, MONDAY)
        self._post()
        bank = self.env["account.account"].search(
            [("code", "=", "201110"), ("company_ids", "in", self.city.ids)]
        )
        self.entry(bank, self.mappings["transit"], 1000.0)
        report = self.report()
        self.assertTrue(report.is_equal)
        row = self.row(report, self.mappings["transit"], TUESDAY)
        self.assertEqual((row.gl_other, row.difference), (1000.0, 0.0))

    def test_a_changed_sum_of_an_entry_shows_on_its_day(self):
        self._pay_in(100_000, MONDAY)
        move = self._post().move_id
        line = move.line_ids.filtered(lambda line: line.account_id == self.control)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET credit = 999 WHERE id = %s", [line.id]
        )
        self.env.invalidate_all()
        report = self.report()
        self.assertEqual(report.difference, 1.0)
        self.assertEqual(report.difference_count, 1)

    def test_opening_and_closing_fit_together(self):
        self._pay_in(100_000, MONDAY)
        self._buy(30_000, TUESDAY)
        self._buy(20_000, WEDNESDAY)
        self._post()
        report = self.report(TUESDAY, TUESDAY)
        self.assertEqual((report.opening_ledger, report.opening_gl), (1000.0, 1000.0))
        self.assertEqual((report.closing_ledger, report.closing_gl), (700.0, 700.0))
        self.assertEqual(report.turnover_ledger_debit, 300.0)
        self.assertEqual(report.turnover_gl_debit, 300.0)

    def test_a_posting_after_a_lock_counts_on_its_accounting_day(self):
        self._pay_in(100_000, MONDAY)
        self.city.fiscalyear_lock_date = TUESDAY
        self._post()
        report = self.report(WEDNESDAY, WEDNESDAY)
        self.assertTrue(report.is_equal)
        self.assertEqual(
            self.row(report, self.control, WEDNESDAY).ledger_credit, 1000.0
        )
        self.assertTrue(self.report(MONDAY, TUESDAY).is_equal)

    def test_another_company_is_not_mixed_in(self):
        self.env["meal.ledger.setup"]._setup_company(self.other_city)
        transit = self.env["meal.account"]._system("transit", self.other_city)
        self.ledger._top_up(
            self.stranger.account_id,
            5_000,
            uuid="stranger",
            debit=transit,
            business_date=MONDAY,
        )
        self._pay_in(100_000, MONDAY)
        self._post()
        self._post(self.other_city)
        self.assertEqual(self.report().closing_ledger, 1000.0)
        self.assertEqual(self.report(company=self.other_city).closing_gl, 50.0)

    def test_rows_lead_to_their_transfers_and_journal_items(self):
        self._pay_in(100_000, MONDAY)
        self._buy(4_550, MONDAY)
        self._pay_in(500, TUESDAY)
        self._post()
        report = self.report()
        row = self.row(report, self.control, MONDAY)
        action = row.action_open_transfers()
        transfers = self.env["meal.transfer"].search(action["domain"])
        self.assertEqual(sorted(transfers.mapped("amount")), [45.5, 1000.0])
        items = self.env["account.move.line"].search(
            row.action_open_entries()["domain"]
        )
        self.assertEqual(sum(items.mapped("balance")), -954.5)
        sales = self.row(report, self.mappings["sales"], MONDAY)
        transfers = self.env["meal.transfer"].search(
            sales.action_open_transfers()["domain"]
        )
        self.assertEqual(transfers.mapped("amount"), [45.5])

    def assert_rows_lead_to_their_figures(self, report):
        """The transfers behind every row add up to the ledger's side of it."""
        self.assertTrue(report.line_ids)
        gl_of = {
            row[0]: row[2]
            for row in self.env.execute_query(
                self.env["meal.gl.mapping"]._sql_gl_accounts(self.city)
            )
        }
        for row in report.line_ids:
            transfers = self.env["meal.transfer"].search(
                row.action_open_transfers()["domain"]
            )
            sides = {"debit": 0.0, "credit": 0.0}
            for transfer in transfers:
                for side in sides:
                    account = transfer[f"{side}_account_id"]
                    if (gl_of[account.id] or False) == row.account_id.id:
                        sides[side] += transfer.amount
            with self.subTest(day=row.date, account=row.account_id.code):
                self.assertAlmostEqual(sides["debit"], row.ledger_debit)
                self.assertAlmostEqual(sides["credit"], row.ledger_credit)

    def test_every_row_leads_to_the_transfers_of_its_figures(self):
        self._pay_in(100_000, MONDAY)
        self.ledger._transfer_between(
            self.account,
            self.sibling.account_id,
            4_000,
            uuid="siblings",
            business_date=MONDAY,
        )
        self._buy(4_550, TUESDAY)
        self.city.fiscalyear_lock_date = MONDAY
        self._post()
        self._buy(1_000, TUESDAY, source=("pos.order", 7))
        self.assert_rows_lead_to_their_figures(self.report())

    def test_transfers_of_a_waiting_posting_are_behind_their_row(self):
        self.env["meal.gl.mapping"].search(
            [("company_id", "=", self.city.id), ("kind", "=", "sales")]
        ).unlink()
        self._pay_in(100_000, MONDAY)
        self._buy(4_550, MONDAY)
        with self.assertLogs(ENTRY_LOG, "WARNING"):
            self._post()
        report = self.report()
        row = self.row(report, self.control, MONDAY)
        self.assertEqual((row.ledger_credit, row.pending_credit), (1000.0, 1000.0))
        self.assert_rows_lead_to_their_figures(report)

    def test_a_row_is_no_way_to_the_transfers_of_another_company(self):
        self._pay_in(100_000, MONDAY)
        self._post()
        row = self.row(self.report(), self.control, MONDAY)
        stranger = self._new_user("buh2", "group_accountant", self.other_school)
        transfers = (
            self.env["meal.transfer"]
            .with_user(stranger)
            .with_context(allowed_company_ids=self.other_city.ids)
        )
        self.assertFalse(transfers.search([("reconciliation_line_id", "=", row.id)]))

    def test_the_workbook_holds_the_same_numbers(self):
        self._pay_in(100_000, MONDAY)
        self._buy(4_550, TUESDAY)
        self._post()
        report = self.report()
        report.action_export_xlsx()
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", report._name), ("res_id", "=", report.id)]
        )
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(attachment.datas)))
        values = [
            cell for row in book.active.iter_rows(values_only=True) for cell in row
        ]
        self.assertIn(954.5, values)
        self.assertIn(45.5, values)

    def test_the_period_is_checked(self):
        with self.assertRaisesRegex(UserError, "begins"):
            self.report(TUESDAY, MONDAY)
        with self.assertRaisesRegex(UserError, "[Ss]et up"):
            self.report(company=self.other_city)

    def test_a_user_sees_only_own_reports_and_companies(self):
        accountant = self._new_user("buh", "group_accountant", self.school)
        report = self.report()
        reports = (
            self.env["meal.reconciliation"]
            .with_user(accountant)
            .with_context(allowed_company_ids=self.city.ids)
        )
        self.assertNotIn(report, reports.search([]))
        own = reports.create({"date_from": MONDAY, "date_to": TUESDAY})
        own.action_compute()
        own.action_compute()  # the rows of the first time make room
        self.assertIn(own, reports.search([]))
        with self.assertRaises(UserError):
            reports.create(
                {
                    "company_id": self.other_city.id,
                    "date_from": date(2026, 9, 1),
                    "date_to": date(2026, 9, 30),
                }
            ).action_compute()
