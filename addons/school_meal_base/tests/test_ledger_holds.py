from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .ledger_common import LedgerCase


@tagged("post_install", "-at_install")
class TestLedgerHolds(LedgerCase):
    """Holds whose time is over, and captures that come after it."""

    # === LATE CAPTURES === #

    def _expired_hold(self, amount=5_000):
        """A hold that has expired, and a row that says so."""
        self._top_up(self.account, 10_000)
        self.ledger._authorise(self.account, amount, uuid="h1", expires_in=-1)
        self.ledger._release_holds(self.account)
        self.assertBalance(self.account, 10_000)

    def test_a_late_capture_is_charged_openly_for_the_day_of_the_hold(self):
        self._expired_hold()
        hold = self.env["meal.transfer"].search([("uuid", "=", "h1")])
        late = self._transfer(self.ledger._capture("h1", 4_000, uuid="p1"))
        self.assertEqual(
            (late.phase, late.forced, late.reason, late.late_hold_id),
            ("single", True, "hold_expired", hold),
        )
        self.assertEqual(late.business_date, hold.business_date)
        self.assertBalance(self.account, 6_000)

    def test_a_late_capture_takes_no_more_than_was_held(self):
        self._expired_hold()
        self.assertRefused(
            "capture_exceeds", self.ledger._capture, "h1", 5_001, uuid="p1"
        )

    def test_an_expired_hold_is_charged_once(self):
        self._expired_hold()
        self.ledger._capture("h1", uuid="p1")
        self.assertEqual(self.ledger._capture("h1", uuid="p1").status, "exists")
        self.assertRefused("hold_resolved", self.ledger._capture, "h1", uuid="p2")
        self.assertRefused(
            "hold_resolved", self.ledger._capture, "h1", uuid="p3", forced=True
        )
        self.assertRefused("hold_resolved", self.ledger._void, "h1", uuid="v1")
        self.assertBalance(self.account, 5_000)

    def test_a_cancelled_purchase_is_not_charged(self):
        self._top_up(self.account, 10_000)
        self.ledger._authorise(self.account, 5_000, uuid="h1")
        self.ledger._void("h1", uuid="v1")
        self.assertRefused("hold_resolved", self.ledger._capture, "h1", uuid="p1")
        self.assertBalance(self.account, 10_000)

    def test_a_sale_after_its_hold_was_released_is_recorded_as_forced(self):
        self._top_up(self.account, 6_000)
        self.ledger._authorise(self.account, 6_000, uuid="h1")
        self.ledger._void("h1", uuid="v1")
        self.ledger._charge(self.account, 5_000, uuid="c1")
        late = self._transfer(self.ledger._capture("h1", uuid="p1", forced=True))
        self.assertTrue(late.forced)
        self.assertEqual(late.reason, "hold_released")
        self.assertBalance(self.account, -5_000)

    def test_an_expired_hold_blocks_nobody_even_if_no_cron_ran(self):
        self._top_up(self.account, 6_000)
        self.ledger._authorise(self.account, 6_000, uuid="h1", expires_in=-1)
        self.ledger._charge(self.account, 6_000, uuid="c1")
        self.assertBalance(self.account, 0)
        hold = self.env["meal.transfer"].search([("uuid", "=", "h1")])
        resolution = self.env["meal.transfer"].search([("pending_id", "=", hold.id)])
        self.assertEqual(resolution.phase, "expire")

    def test_a_hold_that_is_captured_in_time_is_not_forced(self):
        """The till always says that the goods are gone."""
        self._top_up(self.account, 10_000)
        self.ledger._authorise(self.account, 5_000, uuid="h1")
        capture = self._transfer(self.ledger._capture("h1", uuid="p1", forced=True))
        self.assertEqual(
            (capture.phase, capture.forced, capture.reason), ("post", False, False)
        )

    @mute_logger("odoo.sql_db")
    def test_a_hold_lasts_for_some_time(self):
        for minutes in (0, -1, 1441):
            with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                self.city.meal_hold_minutes = minutes
                self.env.flush_all()

    # === RELEASE === #

    def test_what_is_available_does_not_wait_for_the_release(self):
        self._top_up(self.account, 10_000)
        self.ledger._authorise(self.account, 2_000, uuid="h1")
        self.ledger._authorise(self.account, 5_000, uuid="h2", expires_in=-1)
        self.assertBalance(self.account, 10_000, held=7_000)
        self.assertEqual(self.account.available, 80)

    def _cron(self):
        self.registry_enter_test_mode()  # one connection for all cursors
        with patch.object(
            type(self.env["ir.cron"]), "_commit_progress", return_value=60
        ):
            self.ledger._cron_release_holds()

    def test_the_cron_releases_what_nobody_came_back_for(self):
        for account in self.account + self.sibling.account_id:
            self._top_up(account, 10_000, uuid=f"topup-{account.id}")
            for minutes in (-5, -1, 10):
                self.ledger._authorise(
                    account, 1_000, uuid=f"{account.id}/{minutes}", expires_in=minutes
                )
        with patch(
            "odoo.addons.school_meal_base.models.meal_ledger_holds.RELEASE_BATCH", 1
        ):
            self._cron()
        for account in self.account + self.sibling.account_id:
            self.assertBalance(account, 10_000, held=1_000)
            self.assertGreater(account.holds_from, fields.Datetime.now())
        self.assertNotIn(self.account, self.ledger._accounts_with_lapsed_holds())

    def test_the_time_of_the_earliest_hold_is_known(self):
        """Only holds after it are read, so it may be too early but never too late."""
        self._top_up(self.account, 10_000)
        for minutes in (30, 10, 20):
            self.ledger._authorise(
                self.account, 1_000, uuid=f"h{minutes}", expires_in=minutes
            )
        soon = fields.Datetime.now() + timedelta(minutes=11)
        self.assertLess(self.account.holds_from, soon)
        self.ledger._capture("h10", uuid="p10")
        self.ledger._void("h20", uuid="v20")
        self.assertLess(self.account.holds_from, soon)
        self.ledger._capture("h30", uuid="p30")
        self.ledger._authorise(self.account, 1_000, uuid="h40", expires_in=40)
        self.assertGreater(self.account.holds_from, soon)

    def test_a_hold_of_unknown_age_is_found(self):
        """Rows from before `holds_from` was kept."""
        self._top_up(self.account, 10_000)
        self.ledger._authorise(self.account, 6_000, uuid="h1", expires_in=-1)
        self.env.cr.execute(
            SQL(
                "UPDATE meal_account SET holds_from = NULL WHERE id = %s",
                self.account.id,
            )
        )
        self.ledger._authorise(self.account, 1_000, uuid="h2")
        self.assertFalse(self.account.holds_from)
        self.ledger._charge(self.account, 9_000, uuid="c1")
        self.assertBalance(self.account, 1_000, held=1_000)

    def test_a_leaver_does_not_wait_for_a_till_that_never_came_back(self):
        self._top_up(self.account, 10_000)
        self.ledger._authorise(self.account, 1_000, uuid="h1", expires_in=-1)
        moved = self.student._leave(self._today(), "left", "refund", uuid="leave-1")
        self.assertEqual(moved, 10_000)
        self.assertEqual(self.account.state, "closed")
