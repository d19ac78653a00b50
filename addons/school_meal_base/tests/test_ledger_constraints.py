from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestLedgerConstraints(TransactionCase):
    """Odoo only logs a constraint it could not create: look into the catalogue."""

    def _names(self, query):
        self.env.cr.execute(query)
        return {name for (name,) in self.env.cr.fetchall()}

    def test_the_invariants_exist_in_the_database(self):
        constraints = self._names(
            "SELECT conname FROM pg_constraint"
            " WHERE conrelid IN ('meal_account'::regclass, 'meal_transfer'::regclass)"
        )
        self.assertLessEqual(
            {
                "meal_account_no_overspending",
                "meal_account_number_uniq",
                "meal_account_only_limited_balance",
                "meal_account_nothing_negative",
                "meal_account_student_has_number",
                "meal_transfer_uuid_uniq",
                "meal_transfer_amount_exact",
                "meal_transfer_two_accounts",
                "meal_transfer_resolution_has_hold",
                "meal_transfer_hold_expires",
                "meal_transfer_forced_has_reason",
            },
            constraints,
        )
        indexes = self._names(
            "SELECT indexname FROM pg_indexes"
            " WHERE tablename IN ('meal_account', 'meal_transfer')"
        )
        self.assertLessEqual(
            {
                "meal_account_student_uniq",
                "meal_account_system_uniq",
                "meal_transfer_resolved_once",
            },
            indexes,
        )
        self.assertIn(
            "meal_account_is_kept",
            self._names(
                "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'"
                " AND tgrelid = 'meal_account'::regclass"
            ),
        )
        triggers = self._names(
            "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'"
            " AND tgrelid = 'meal_transfer'::regclass AND NOT tgisinternal"
        )
        self.assertEqual(
            {"meal_transfer_append_only", "meal_transfer_no_truncate"}, triggers
        )
