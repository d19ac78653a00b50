from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

#: Indexes that keep money right or a query from growing with the history, and what
#: must stand in their definition.
INDEXES = {
    "meal_account_student_uniq": "UNIQUE",
    "meal_account_system_uniq": "UNIQUE",
    "meal_transfer_resolved_once": "UNIQUE",
    "meal_transfer_uuid_uniq": "UNIQUE",
    "meal_posting_transfer_transfer_uniq": "UNIQUE",
    "meal_incident_open_key_uniq": "UNIQUE",
    "meal_gl_mapping_company_kind_uniq": "UNIQUE",
    "meal_posting_watermark_company_uniq": "UNIQUE",
    "meal_transfer_debit_index": "(debit_account_id, business_date)",
    "meal_transfer_credit_index": "(credit_account_id, business_date)",
    "meal_transfer_day_index": "(business_date)",
    "meal_transfer_reversal_chain": "UNIQUE",
    "meal_transfer_late_hold_settled_once": "UNIQUE",
    "meal_transfer_open_hold_index": "(debit_account_id, expires_at)",
    "meal_transfer_source_index": "(source_model, source_id)",
}
#: Rules of a row, and the words they must hold.
CHECKS = {
    "meal_account_no_overspending": "overdraft",
    "meal_account_only_limited_balance": "posted",
    "meal_account_nothing_negative": "held",
    "meal_account_student_has_number": "number",
    "meal_transfer_amount_exact": "min_scale(amount) <= 2",
    "meal_transfer_two_accounts": "debit_account_id <> credit_account_id",
    "meal_transfer_resolution_has_hold": "pending_id",
    "meal_transfer_hold_expires": "expires_at",
    "meal_transfer_forced_has_reason": "reason",
    "meal_posting_posted_has_move": "move_id",
}
#: Money columns of the ledger: exact numbers, never floating point.
NUMERIC = [
    ("meal_account", "posted"),
    ("meal_account", "held"),
    ("meal_account", "overdraft"),
    ("meal_account", "credit_limit"),
    ("meal_transfer", "amount"),
    ("meal_posting_line", "amount"),
]


@tagged("post_install", "-at_install")
class TestDatabaseObjects(TransactionCase):
    """Odoo only logs what it could not create: the catalogue tells what is there."""

    def definitions(self, query, *args):
        return dict(self.env.execute_query(SQL(query, *args)))

    def test_indexes_of_the_ledger_exist_as_meant(self):
        found = self.definitions("SELECT indexname, indexdef FROM pg_indexes")
        for name, words in INDEXES.items():
            with self.subTest(index=name):
                self.assertIn(words, found.get(name, ""))

    def test_rules_of_the_ledger_exist_and_are_validated(self):
        found = self.definitions(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'c' AND convalidated"
        )
        for name, words in CHECKS.items():
            with self.subTest(constraint=name):
                self.assertIn(words, found.get(name, ""))

    def test_transfers_are_append_only_for_everybody(self):
        found = self.definitions(
            "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger"
            " WHERE tgrelid = 'meal_transfer'::regclass AND tgenabled IN ('O', 'A')"
        )
        row = found["meal_transfer_append_only"]
        for words in ("BEFORE", "UPDATE", "DELETE", "FOR EACH ROW"):
            self.assertIn(words, row)
        self.assertIn("TRUNCATE", found["meal_transfer_no_truncate"])

    def test_money_is_stored_exactly(self):
        found = {
            (table, column): data_type
            for table, column, data_type in self.env.execute_query(
                SQL(
                    "SELECT table_name, column_name, data_type"
                    " FROM information_schema.columns"
                    " WHERE table_name LIKE 'meal!_%%' ESCAPE '!'"
                )
            )
        }
        for column in NUMERIC:
            with self.subTest(column=column):
                self.assertEqual(found[column], "numeric")

    def test_links_of_postings_cannot_dangle(self):
        found = self.definitions(
            "SELECT conrelid::regclass || '.' || confrelid::regclass, confdeltype::text"
            " FROM pg_constraint WHERE contype = 'f'"
        )
        self.assertEqual(found["meal_posting_transfer.meal_transfer"], "r")
        self.assertEqual(found["meal_posting_transfer.meal_posting"], "r")
        self.assertEqual(found["meal_posting.account_move"], "r")

    def test_every_declared_constraint_and_index_of_the_add_ons_exists(self):
        names = set(
            self.definitions(
                "SELECT conname, 1 FROM pg_constraint"
                " UNION SELECT indexname, 1 FROM pg_indexes"
            )
        )
        missing = [
            declared.full_name(model)
            for model in self.env.values()
            if model._module and model._name.startswith(("meal.", "school."))
            for declared in model._table_objects.values()
            if declared.get_definition(self.env.registry)
            and declared.full_name(model) not in names
        ]
        self.assertFalse(missing)
