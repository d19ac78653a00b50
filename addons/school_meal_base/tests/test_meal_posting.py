from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tests.common import get_db_name
from odoo.tools import SQL

from .gl_common import MONDAY, TUESDAY, WEDNESDAY, GeneralLedgerCase

ENTRY_LOG = "odoo.addons.school_meal_base.models.meal_posting_entry"


@tagged("post_install", "-at_install")
class TestMealPosting(GeneralLedgerCase):
    """Transfers reach the general ledger once, in sums per day and school."""

    @classmethod
    def setUpClass(cls):
        # A transaction that is still open while everything below happens.
        older = db_connect(get_db_name()).cursor()
        cls.addClassCleanup(older.close)
        older.execute("SELECT pg_current_xact_id()")
        super().setUpClass()

    def test_a_day_of_a_school_is_one_entry(self):
        self._pay_in(100_000)
        self._buy(4_550)
        self._buy(1_001)
        posting = self._post()
        self.assertEqual(len(posting), 1)
        self.assertEqual(posting.state, "posted")
        self.assertEqual(posting.school_id, self.school)
        self.assertEqual(posting.move_id.date, MONDAY)
        self.assertEqual(posting.transfer_count, 3)
        self.assertEqual(self._turnover(self.control), (55.51, 1000.0))
        self.assertEqual(self._turnover(self.mappings["transit"]), (1000.0, 0.0))
        self.assertEqual(self._turnover(self.mappings["sales"]), (0.0, 55.51))

    def test_days_and_schools_are_apart(self):
        other = self._new_student(
            self._new_class(self.second_school, 3, "В"), "Popov", "Pavel"
        )
        account = self.env["meal.account"]._issue(other)
        self._pay_in(10_000, MONDAY)
        self._pay_in(10_000, TUESDAY)
        self._pay_in(10_000, TUESDAY, account=account)
        keys = {(p.business_date, p.school_id) for p in self._post()}
        self.assertEqual(
            keys,
            {
                (MONDAY, self.school),
                (TUESDAY, self.school),
                (TUESDAY, self.second_school),
            },
        )

    def test_income_carries_the_analytic_account_of_the_school(self):
        self._pay_in(10_000)
        self._buy(2_500)
        entry = self._post().move_id
        income = entry.line_ids.filtered(
            lambda line: line.account_id == self.mappings["sales"]
        )
        analytic = str(self.school.analytic_account_id.id)
        self.assertEqual(income.analytic_distribution, {analytic: 100})
        self.assertFalse((entry.line_ids - income).filtered("analytic_distribution"))
        self.assertEqual(income.analytic_line_ids.amount, 25.0)

    def test_holds_are_not_money(self):
        self._pay_in(10_000)
        self.ledger._authorise(self.account, 5_000, uuid="hold", business_date=MONDAY)
        self._post()
        self.assertEqual(self._turnover(self.control), (0.0, 100.0))
        self.ledger._capture("hold", 4_000, uuid="take", business_date=MONDAY)
        self._post()
        self.assertEqual(self._turnover(self.control), (40.0, 100.0))

    def test_nothing_is_posted_twice(self):
        self._pay_in(10_000)
        self._post()
        self.assertFalse(self._post())
        self.assertEqual(self._turnover(self.control), (0.0, 100.0))

    def test_a_late_transfer_makes_an_additional_posting(self):
        self._pay_in(10_000)
        first = self._post()
        self._buy(3_000)
        late = self._post()
        self.assertFalse(first.is_additional)
        self.assertTrue(late.is_additional)
        self.assertEqual(late.business_date, MONDAY)
        self.assertEqual(self._turnover(self.control), (30.0, 100.0))

    def test_the_day_that_is_not_over_waits(self):
        self._pay_in(10_000, WEDNESDAY)
        self.assertFalse(self._post(date_to=TUESDAY))
        self.assertTrue(self._post(date_to=WEDNESDAY))

    def test_sales_of_the_till_are_left_to_the_session(self):
        self._pay_in(10_000)
        self._buy(3_000, source=("pos.order", 1))
        self._post()
        self.assertEqual(self._turnover(self.control), (0.0, 100.0))

    def test_a_locked_day_is_posted_on_the_first_open_day(self):
        self._pay_in(10_000)
        self.city.fiscalyear_lock_date = TUESDAY
        posting = self._post()
        self.assertEqual(posting.state, "posted")
        self.assertEqual(posting.business_date, MONDAY)
        self.assertEqual(posting.date, WEDNESDAY)
        self.assertEqual(posting.move_id.date, WEDNESDAY)

    def test_money_between_siblings_stays_on_the_control_account(self):
        self._pay_in(10_000)
        self.ledger._transfer_between(
            self.account,
            self.sibling.account_id,
            4_000,
            uuid="siblings",
            business_date=MONDAY,
        )
        self._post()
        self.assertEqual(self._turnover(self.control), (40.0, 140.0))

    def test_a_company_posts_only_its_own(self):
        self.env["meal.ledger.setup"]._setup_company(self.other_city)
        self._pay_in(10_000)
        self.assertFalse(self._post(self.other_city))
        self.assertEqual(len(self._post()), 1)

    # === WHAT IS IN THE WAY === #

    def test_without_set_up_the_message_says_what_to_do(self):
        with self.assertRaisesRegex(RedirectWarning, "control account"):
            self._post(self.other_city)

    def test_an_account_without_general_ledger_account_waits_and_is_not_lost(self):
        writeoff = self.mappings["writeoff"]
        self.env["meal.gl.mapping"].search(
            [("company_id", "=", self.city.id), ("kind", "=", "writeoff")]
        ).unlink()
        self._pay_in(10_000, TUESDAY)
        self._pay_in(10_000)
        target = self.env["meal.account"]._system("writeoff", self.city)
        self._buy(3_000, credit=target, kind="writeoff")
        with self.assertLogs(ENTRY_LOG, "WARNING"):
            postings = self._post().sorted("business_date")
        self.assertEqual(postings.mapped("state"), ["draft", "posted"])
        self.assertIn("Write-off", postings[0].error)
        self.assertEqual(self._turnover(self.control), (0.0, 100.0))
        self.env["meal.gl.mapping"].create(
            {
                "company_id": self.city.id,
                "kind": "writeoff",
                "account_id": writeoff.id,
            }
        )
        self.assertEqual(self._post().mapped("state"), ["posted"])
        self.assertEqual(self._turnover(self.control), (30.0, 200.0))
        self.assertEqual(self._turnover(writeoff), (0.0, 30.0))

    def test_an_account_may_have_its_own_general_ledger_account(self):
        cash = self.mappings["suspense"]
        self.transit.gl_account_id = cash
        self._pay_in(10_000)
        self._post()
        self.assertEqual(self._turnover(cash), (100.0, 0.0))

    # === WHAT MUST STAY === #

    def test_the_entry_of_a_posting_cannot_be_reset_or_cancelled(self):
        self._pay_in(10_000)
        move = self._post().move_id
        for attempt in (move.button_draft, move.button_cancel):
            with self.assertRaisesRegex(UserError, "transfers"):
                attempt()

    def test_accounts_with_postings_cannot_be_exchanged(self):
        self._pay_in(10_000)
        self._post()
        mapping = self.env["meal.gl.mapping"].search(
            [("company_id", "=", self.city.id), ("kind", "=", "transit")]
        )
        with self.assertRaises(ValidationError):
            mapping.account_id = self.mappings["payout"]
        with self.assertRaises(ValidationError):
            self.city.meal_control_account_id = self.mappings["payout"]

    def test_only_accountants_post(self):
        operator = self._new_user("operator", "group_operator", self.school)
        with self.assertRaises(AccessError):
            self.posting.with_user(operator).action_post_pending()
        accountant = self._new_user("buh", "group_accountant", self.school)
        self._pay_in(10_000)
        posting = self.posting.with_user(accountant).with_company(self.city)
        posting = posting.with_context(allowed_company_ids=self.city.ids)
        posting.action_post_pending()
        self.assertEqual(posting.search([]).state, "posted")

    def test_nobody_writes_a_posting_by_hand(self):
        self._pay_in(10_000)
        posting = self._post()
        manager = self._new_user("manager", "group_manager", self.school)
        for attempt in (
            lambda record: record.write({"state": "draft"}),
            lambda record: record.unlink(),
            lambda record: record.create({"business_date": MONDAY}),
        ):
            with self.assertRaises(AccessError):
                attempt(posting.with_user(manager))

    # === PROGRESS === #

    def mark(self):
        return self.env["meal.posting.watermark"]._of(self.city)

    def age_candidate(self, mark):
        """Pretend that the proposal is old and its transactions have ended."""
        mark.write(
            {
                "candidate_at": datetime.now() - timedelta(hours=2),
                "candidate_xid": "3",
            }
        )

    def test_a_mark_waits_until_older_transactions_have_ended(self):
        self._pay_in(10_000)
        self._post()
        mark = self.mark()
        self.assertEqual((mark.transfer_id, bool(mark.candidate_xid)), (0, True))
        mark.candidate_at = datetime.now() - timedelta(hours=2)
        self._post()
        self.assertEqual(mark.transfer_id, 0)

    def test_an_old_mark_counts_and_the_next_run_reads_only_what_is_above(self):
        last = self._pay_in(10_000).transfer_id
        self._post()
        mark = self.mark()
        self.age_candidate(mark)
        self._post()
        self.assertEqual(mark.transfer_id, last)
        self._buy(1_000)
        [(plan,)] = self.env.execute_query(
            SQL(
                "SELECT count(*) %s",
                self.posting._sql_unposted(self.city, mark.transfer_id),
            )
        )
        self.assertEqual(plan, 1)
        self.assertEqual(self._post().transfer_count, 1)

    def test_a_mark_never_passes_a_transfer_that_waits_for_its_day(self):
        self._pay_in(10_000, MONDAY)
        future = self._pay_in(10_000, date(2026, 9, 30)).transfer_id
        self._pay_in(10_000, MONDAY)
        self._post()
        mark = self.mark()
        self.age_candidate(mark)
        self._post()
        self.assertEqual(mark.transfer_id, future - 1)
        late = self._post(date_to=date(2026, 9, 30))
        self.assertEqual(late.business_date, date(2026, 9, 30))

    def test_a_row_that_commits_late_below_the_candidate_is_still_posted(self):
        early = self._pay_in(10_000).transfer_id
        last = self._pay_in(20_000).transfer_id
        # As if `early` had not been visible to the run that proposed `last`.
        mark = self.mark()
        mark.write(
            {
                "candidate_id": last,
                "candidate_xid": "3",
                "candidate_at": datetime.now() - timedelta(hours=2),
            }
        )
        self._post()
        posted = self.env["meal.posting.transfer"].search([]).transfer_id.ids
        self.assertIn(early, posted)

    def test_a_candidate_of_another_cluster_starts_anew(self):
        """After a dump was restored, transaction numbers begin again."""
        self._pay_in(10_000)
        self._post()
        mark = self.mark()
        mark.candidate_xid = str(2**60)
        self._post()
        self.assertLess(int(mark.candidate_xid), 2**60)
        self.assertEqual(mark.transfer_id, 0)

    def test_one_company_does_not_stop_the_others(self):
        self.env["meal.ledger.setup"]._setup_company(self.other_city)
        broken, sound = self.city, self.other_city
        transit = self.env["meal.account"]._system("transit", sound)
        self.ledger._top_up(
            self.stranger.account_id,
            5_000,
            uuid="stranger",
            debit=transit,
            business_date=MONDAY,
        )
        self._pay_in(10_000)
        broken.meal_journal_id = False
        with (
            self.enter_registry_test_mode(),
            self.assertLogs("odoo.addons.school_meal_base.models.meal_posting"),
            freeze_time("2026-09-20 22:00:00"),
        ):
            self.env.ref("school_meal_base.cron_meal_posting").method_direct_trigger()
        posted = self.posting.search([("state", "=", "posted")])
        self.assertIn(sound, posted.company_id)
        self.assertNotIn(broken, posted.company_id)
        incident = self.env["meal.incident"].search([("key", "=", f"run:{broken.id}")])
        self.assertEqual(incident.company_id, broken)
        self.assertIn("journal", incident.summary)
