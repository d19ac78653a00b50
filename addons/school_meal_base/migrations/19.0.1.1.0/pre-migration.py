"""Make the ledger's tables as light as its writer needs them.

Balances are never NULL, foreign keys that took a lock at every entry are gone (entries
are never deleted), and so are indexes and rules that others have taken over.
"""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE meal_account
           SET posted = COALESCE(posted, 0), held = COALESCE(held, 0),
               overdraft = COALESCE(overdraft, 0),
               credit_limit = COALESCE(credit_limit, 0)
         WHERE num_nulls(posted, held, overdraft, credit_limit) > 0;

        ALTER TABLE meal_account
            DROP CONSTRAINT IF EXISTS meal_account_held_not_negative,
            DROP CONSTRAINT IF EXISTS meal_account_limits_not_negative;
        DROP INDEX IF EXISTS meal_account__number_index;
        DROP INDEX IF EXISTS meal_account__student_id_index;

        ALTER TABLE meal_transfer
            DROP CONSTRAINT IF EXISTS meal_transfer_pending_id_fkey,
            DROP CONSTRAINT IF EXISTS meal_transfer_reversal_of_id_fkey,
            DROP CONSTRAINT IF EXISTS meal_transfer_late_hold_id_fkey;
        """
    )
