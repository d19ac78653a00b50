from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

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
        # Rows of other tests' databases are not this test's findings.
        cls.audit._run()
        cls.incidents.search([("state", "=", "open")]).write({"state": "resolved"})
        cls.known = cls.incidents.search([])

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

    # === INCIDENTS === #

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
        run = self.audit.search([], limit=1)
        self.assertLessEqual(
            set(self.audit._audit_checks()), set(run.check_ids.mapped("name"))
        )
        self.assertGreater(run.transfer_count, 8)
