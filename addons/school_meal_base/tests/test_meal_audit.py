from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from ..domain import sber_registry
from ..domain.sber_registry import Payment
from .gl_common import MONDAY, TUESDAY, GeneralLedgerCase

ENTRY_LOG = "odoo.addons.school_meal_base.models.meal_posting_entry"


@tagged("post_install", "-at_install")
class TestMealAudit(GeneralLedgerCase):
    """Every check finds what a hand with database rights has broken."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.audit = cls.env["meal.audit"]
        cls.incidents = cls.env["meal.incident"]
        # The days of these tests are long over; see the tests of delays.
        cls.set_posting_days(40_000)
        # Rows of other tests' databases are not this test's findings.
        cls.audit._run()
        cls.incidents.search([("state", "=", "open")]).write({"state": "resolved"})
        cls.known = cls.incidents.search([])

    @classmethod
    def set_posting_days(cls, days):
        cls.env["ir.config_parameter"].set_param("school_meal_base.posting_days", days)

    def corrupt(self, statement, *args):
        """Change the ledger as only somebody with rights on its tables can."""
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE meal_transfer DISABLE TRIGGER USER")
        self.env.cr.execute(SQL(statement, *args))
        self.env.cr.execute("ALTER TABLE meal_transfer ENABLE TRIGGER USER")
        self.env.invalidate_all()

    def without(self, *constraints):
        for name in constraints:
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE %s DROP CONSTRAINT %s",
                    SQL.identifier(name.split(".")[0]),
                    SQL.identifier(name.split(".")[1]),
                )
            )

    def found(self):
        """:return: kinds of new open incidents after an audit"""
        self.audit._run()
        return set(self.new_incidents().mapped("kind"))

    def new_incidents(self):
        return self.incidents.search([("state", "=", "open")]) - self.known

    def history(self):
        self._pay_in(100_000, MONDAY)
        self._buy(4_550, MONDAY)
        self.ledger._authorise(self.account, 5_000, uuid="h1", business_date=MONDAY)
        self.ledger._capture("h1", 4_000, uuid="p1", business_date=MONDAY)
        self.ledger._authorise(self.account, 6_000, uuid="h2", business_date=MONDAY)
        self.ledger._void("h2", uuid="v2")
        self.ledger._authorise(self.account, 7_000, uuid="h3", business_date=MONDAY)
        self.ledger._reverse(
            "p1", 1_000, uuid="r1", kind="refund", business_date=TUESDAY
        )
        self._buy(
            1_000_00,
            MONDAY,
            account=self.sibling.account_id,
            forced=True,
            reason="offline_uncovered",
        )
        self._post()

    def test_an_honest_ledger_has_no_findings(self):
        self.history()
        self.assertEqual(self.found(), set())
        self.assertEqual(self.audit.search([], limit=1).state, "ok")

    def test_a_changed_balance_is_found(self):
        self.history()
        self.corrupt(
            "UPDATE meal_account SET posted = posted + 0.01 WHERE id = %s",
            self.account.id,
        )
        self.assertEqual(self.found(), {"balance"})
        incident = self.new_incidents()
        self.assertIn(self.account.number, incident.summary)
        self.assertEqual(incident.school_id, self.school)
        self.assertEqual(incident.details["stored"], "924.51")

    def test_a_changed_amount_is_found(self):
        self.history()
        self.corrupt("UPDATE meal_transfer SET amount = 38 WHERE uuid = 'p1'")
        self.assertEqual(self.found(), {"balance", "posting", "general_ledger"})

    def test_a_deleted_transfer_is_found(self):
        self._pay_in(100_000, MONDAY)
        uuid = "gone"
        self.ledger._charge(self.account, 500, uuid=uuid, business_date=MONDAY)
        self.corrupt("DELETE FROM meal_transfer WHERE uuid = %s", uuid)
        self.assertEqual(self.found(), {"balance"})

    def test_a_changed_hold_is_found(self):
        self.history()
        self.corrupt("UPDATE meal_account SET held = 69 WHERE id = %s", self.account.id)
        self.assertEqual(self.found(), {"hold"})

    def test_an_overdraft_out_of_nothing_is_found(self):
        self.history()
        self.corrupt(
            "UPDATE meal_account SET overdraft = 500 WHERE id = %s", self.account.id
        )
        self.assertEqual(self.found(), {"overdraft"})

    def test_an_impossible_entry_is_found(self):
        self.history()
        self.without("meal_transfer.meal_transfer_amount_exact")
        self.corrupt("UPDATE meal_transfer SET amount = 0.005 WHERE uuid = 'v2'")
        self.assertLessEqual({"entry"}, self.found())

    def test_a_transfer_of_another_company_is_found(self):
        self.history()
        self.corrupt(
            "UPDATE meal_transfer SET company_id = %s WHERE uuid = 'h3'",
            self.other_city.id,
        )
        self.assertLessEqual({"entry"}, self.found())

    def test_a_late_capture_above_its_hold_is_found(self):
        self.history()
        self.ledger._capture("h2", uuid="late", forced=True)
        self.assertEqual(self.found(), set())
        self.corrupt("UPDATE meal_transfer SET amount = 59 WHERE uuid IN ('h2', 'v2')")
        self.assertEqual(self.found(), {"phase"})

    def test_a_capture_above_its_hold_is_found(self):
        self.history()
        self.corrupt("UPDATE meal_transfer SET amount = 40 WHERE uuid = 'h2'")
        self.assertEqual(self.found(), {"phase"})

    def test_a_hold_resolved_twice_is_found(self):
        self.history()
        self.env.cr.execute("DROP INDEX meal_transfer_resolved_once")
        self.corrupt(
            """
            UPDATE meal_transfer
               SET pending_id = (SELECT id FROM meal_transfer WHERE uuid = 'h3')
             WHERE uuid = 'v2'
            """
        )
        self.corrupt(
            """
            UPDATE meal_transfer
               SET pending_id = (SELECT id FROM meal_transfer WHERE uuid = 'h3')
             WHERE uuid = 'p1'
            """
        )
        self.assertLessEqual({"phase"}, self.found())

    def test_a_reversal_above_its_original_is_found(self):
        self.history()
        self.corrupt("UPDATE meal_transfer SET amount = 41 WHERE uuid = 'r1'")
        self.assertLessEqual({"reversal"}, self.found())

    def test_references_to_entries_that_are_not_there_are_found(self):
        self.history()
        for column in ("pending_id", "reversal_of_id"):
            self.corrupt(
                "UPDATE meal_transfer SET %s = 2000000000 + id WHERE %s IS NOT NULL",
                SQL.identifier(column),
                SQL.identifier(column),
            )
        self.assertLessEqual({"phase", "reversal"}, self.found())

    def test_a_transfer_taken_from_its_posting_is_found(self):
        self.history()
        self.corrupt(
            """
            DELETE FROM meal_posting_transfer WHERE transfer_id =
                (SELECT id FROM meal_transfer WHERE uuid = 'p1')
            """
        )
        self.assertEqual(self.found(), {"posting", "general_ledger"})

    def test_a_transfer_below_the_mark_without_posting_is_found(self):
        self.history()
        late = self._buy(100).transfer_id
        self.env["meal.posting.watermark"]._of(self.city).transfer_id = late
        self.assertEqual(self.found(), {"posting"})

    def test_a_posting_that_cannot_be_finished_is_a_warning(self):
        self.env["meal.gl.mapping"].search(
            [("company_id", "=", self.city.id), ("kind", "=", "transit")]
        ).unlink()
        self._pay_in(10_000, MONDAY)
        with self.assertLogs(ENTRY_LOG, "WARNING"):
            self._post()
        self.assertEqual(self.found(), {"posting"})
        self.assertEqual(self.new_incidents().severity, "warning")

    def test_a_foreign_entry_on_the_control_account_is_found(self):
        self.history()
        move = self.env["account.move"].create(
            {
                "date": TUESDAY,
                "journal_id": self.city.meal_journal_id.id,
                "line_ids": [
                    Command.create({"account_id": self.control.id, "debit": 5.0}),
                    Command.create(
                        {"account_id": self.mappings["sales"].id, "credit": 5.0}
                    ),
                ],
            }
        )
        move.action_post()
        self.assertEqual(self.found(), {"general_ledger"})
        self.assertEqual(self.new_incidents().details["difference"], "5.00")

    def test_a_company_that_does_not_post_is_found(self):
        self._pay_in(10_000, MONDAY)
        self._pay_in(20_000, TUESDAY)
        self.set_posting_days(2)
        with freeze_time("2026-09-16 12:00:00"):
            self.assertEqual(self.found(), set())
        with freeze_time("2026-09-17 12:00:00"):
            self.assertEqual(self.found(), {"posting"})
        incident = self.new_incidents()
        self.assertEqual(incident.company_id, self.city)
        self.assertEqual(incident.details["count"], 1)

    def test_a_company_that_was_never_set_up_is_found(self):
        transit = self.env["meal.account"]._system("transit", self.other_city)
        self.ledger._top_up(
            self.stranger.account_id,
            5_000,
            uuid="stranger",
            debit=transit,
            business_date=MONDAY,
        )
        self.set_posting_days(2)
        self.assertEqual(self.found(), {"posting"})
        self.assertEqual(self.new_incidents().company_id, self.other_city)

    def test_the_sum_of_an_account_counts_all_its_days(self):
        self._pay_in(100_000, MONDAY)
        self._post()
        entries = self.env["account.move"]
        for n in range(102):
            entries |= entries.create(
                {
                    "date": TUESDAY + timedelta(n),
                    "journal_id": self.city.meal_journal_id.id,
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": self.control.id,
                                "debit": 1.0 if n < 101 else 0.0,
                                "credit": 101.0 if n == 101 else 0.0,
                            }
                        ),
                        Command.create(
                            {
                                "account_id": self.mappings["sales"].id,
                                "debit": 101.0 if n == 101 else 0.0,
                                "credit": 1.0 if n < 101 else 0.0,
                            }
                        ),
                    ],
                }
            )
        entries.action_post()
        self.env.flush_all()
        [finding] = self.audit._check_general_ledger()
        # On the whole nothing is missing: only the days differ.
        self.assertEqual(finding["severity"], "warning")
        self.assertEqual(finding["details"]["days"], 102)
        self.assertEqual(finding["details"]["difference"], "0.00")
        self.assertEqual(len(finding["details"]["first_days"]), 20)

    # === MONEY THAT COMES IN === #

    def recorded(self):
        """A recorded registry: one payment to the account, one to be found out."""
        channel = self.env["meal.payment.channel"].create(
            {"name": "Bank", "code": "audit", "company_id": self.city.id}
        )
        payments = [
            Payment("1", self.account.number, 10000),
            Payment("2", "bad", 5000),
        ]
        data = sber_registry.write(payments, number="1", date=MONDAY)
        registry = self.env["meal.payment.registry"]._load(channel, data, "r.txt")
        registry._post()
        self._post(date_to=date(2099, 1, 1))
        return registry

    def test_honest_registries_have_no_findings(self):
        registry = self.recorded()
        self.assertEqual(self.found(), set())
        registry.line_ids.suspense_ids._move_to(self.account)
        self._post(date_to=date(2099, 1, 1))
        self.assertEqual(self.found(), set())

    def test_a_payment_whose_account_was_changed_is_found(self):
        line = self.recorded().line_ids[0]
        self.corrupt(
            "UPDATE meal_payment_registry_line SET account_id = %s WHERE id = %s",
            self.sibling.account_id.id,
            line.id,
        )
        self.assertEqual(self.found(), {"payment"})
        self.assertEqual(self.new_incidents().key, f"line:{line.id}")

    def test_a_payment_whose_amount_was_changed_is_found(self):
        line = self.recorded().line_ids[0]
        self.corrupt(
            "UPDATE meal_payment_registry_line SET amount_paid = 99 WHERE id = %s",
            line.id,
        )
        self.assertEqual(self.found(), {"payment"})

    def test_transfers_of_an_interrupted_registry_are_found(self):
        line = self.recorded().line_ids[0]
        self.corrupt(
            "UPDATE meal_payment_registry_line SET is_posted = false WHERE id = %s",
            line.id,
        )
        self.assertEqual(self.found(), {"payment"})

    def test_a_receipt_taken_from_the_work_list_is_found(self):
        item = self.recorded().line_ids.suspense_ids
        self.corrupt("DELETE FROM meal_suspense WHERE id = %s", item.id)
        self.assertEqual(self.found(), {"suspense"})
        self.assertIn("50.00", self.new_incidents().summary)

    def test_a_receipt_that_was_closed_by_hand_is_found(self):
        item = self.recorded().line_ids.suspense_ids
        self.corrupt(
            "UPDATE meal_suspense SET state = 'moved', resolution_uuid = 'none'"
            " WHERE id = %s",
            item.id,
        )
        self.assertEqual(self.found(), {"suspense"})

    # === INCIDENTS === #

    def test_the_note_cannot_be_got_round(self):
        accountant = self._new_user("buh", "group_accountant", self.school)
        incident = self.break_balance().with_user(accountant)
        incident = incident.with_context(allowed_company_ids=self.city.ids)
        for values in (
            {"state": "resolved"},
            {"summary": "Nothing"},
            {"details": {}},
            {"resolution": "Fine", "severity": "warning"},
        ):
            with self.assertRaises(AccessError):
                incident.write(values)
        with self.assertRaisesRegex(UserError, "Write down"):
            incident.action_resolve()
        incident.resolution = "Restored from the backup of Monday."
        incident.action_resolve()
        self.assertEqual(incident.resolved_by_id, accountant)
        with self.assertRaisesRegex(UserError, "Reopen"):
            incident.resolution = "Something else"
        incident.action_reopen()
        self.assertFalse(incident.resolution)
        self.assertIn("backup of Monday", str(incident.message_ids[:1].body))
        with self.assertRaisesRegex(UserError, "Write down"):
            incident.action_resolve()

    def test_the_turnover_of_other_companies_is_not_shown(self):
        self.history()
        self.audit._run()
        run = self.audit.search([], limit=1)
        accountant = self._new_user("buh", "group_accountant", self.school)
        stranger = self._new_user("buh2", "group_accountant", self.other_school)
        own = run.with_user(accountant).with_context(allowed_company_ids=self.city.ids)
        other = run.with_user(stranger).with_context(
            allowed_company_ids=self.other_city.ids
        )
        self.assertGreater(own.turnover, 2000)
        self.assertEqual((other.turnover, other.transfer_count), (0, 0))
        with self.assertRaises(AccessError):
            other.read(["totals"])

    def break_balance(self):
        self.history()
        self.corrupt(
            "UPDATE meal_account SET posted = posted + 1 WHERE id = %s", self.account.id
        )
        self.audit._run()
        return self.new_incidents()

    def test_the_same_finding_is_one_incident(self):
        incident = self.break_balance()
        self.audit._run()
        self.assertEqual(self.new_incidents(), incident)
        self.assertEqual(incident.seen_count, 2)

    def test_nothing_heals_itself(self):
        incident = self.break_balance()
        before = self.account.posted
        self.audit._run()
        self.assertEqual(self.account.posted, before)
        self.corrupt(
            "UPDATE meal_account SET posted = posted - 1 WHERE id = %s", self.account.id
        )
        self.audit._run()
        self.assertEqual(incident.state, "open")

    def test_resolving_needs_a_note(self):
        incident = self.break_balance()
        with self.assertRaisesRegex(UserError, "Write down"):
            incident.action_resolve()
        incident.resolution = "Restored from the backup of Monday."
        incident.action_resolve()
        self.assertEqual(incident.state, "resolved")
        self.assertEqual(incident.resolved_by_id, self.env.user)

    def test_a_resolved_incident_that_persists_is_reopened(self):
        incident = self.break_balance()
        incident.resolution = "Looks fine to me."
        incident.action_resolve()
        self.audit._run()
        self.assertEqual(incident.state, "open")
        self.assertEqual(incident.reopened_count, 1)
        self.assertEqual(self.new_incidents(), incident)

    def test_the_accountant_of_the_company_gets_an_activity(self):
        accountant = self._new_user("buh", "group_accountant", self.school)
        stranger = self._new_user("buh2", "group_accountant", self.other_school)
        users = self.break_balance().activity_ids.user_id
        self.assertIn(accountant, users)
        self.assertNotIn(stranger, users)

    def test_a_flood_of_findings_is_cut_and_said(self):
        findings = [
            {"kind": "balance", "key": str(n), "summary": "x"} for n in range(101)
        ]
        cut = self.audit._limited("balance", findings)
        self.assertEqual(len(cut), 101)
        self.assertEqual(cut[-1]["key"], "many")

    def test_an_incident_is_seen_in_its_company_only(self):
        incident = self.break_balance()
        stranger = self._new_user("buh2", "group_accountant", self.other_school)
        seen = self.incidents.with_user(stranger).with_context(
            allowed_company_ids=self.other_city.ids
        )
        self.assertNotIn(incident, seen.search([]))
        teacher = self._new_user("teacher", "group_teacher", self.school)
        with self.assertRaises(AccessError):
            self.incidents.with_user(teacher).search([])

    def test_only_accountants_audit(self):
        teacher = self._new_user("teacher", "group_teacher", self.school)
        with self.assertRaises(AccessError):
            self.audit.with_user(teacher).action_run()
        accountant = self._new_user("buh", "group_accountant", self.school)
        self.audit.with_user(accountant).action_run()

    def test_every_check_has_a_name_for_people(self):
        names = self.incidents._kind_names()
        self.assertFalse(self.audit._audit_checks().keys() - names.keys())

    def test_a_run_tells_what_it_did(self):
        self.history()
        self.audit._run()
        run = self.audit.search([], limit=1).with_context(
            allowed_company_ids=self.city.ids
        )
        self.assertLessEqual(
            set(self.audit._audit_checks()), set(run.check_ids.mapped("name"))
        )
        self.assertGreater(run.transfer_count, 8)
