"""What tests of the ledger's rules share."""

from odoo.addons.school_meal_base.exceptions import LedgerRefusal

from .common import SchoolMealCase


class LedgerCase(SchoolMealCase):
    def assertRefused(self, code, operation, *args, **kwargs):
        transfers = self.env["meal.transfer"].search_count([])
        with self.assertRaises(LedgerRefusal) as caught:
            operation(*args, **kwargs)
        self.assertEqual(caught.exception.code, code)
        self.assertEqual(self.env["meal.transfer"].search_count([]), transfers)

    def assertBalance(self, account, posted, held=0):
        self.assertEqual(
            (round(account.posted * 100), round(account.held * 100)), (posted, held)
        )

    def _transfer(self, result):
        return self.env["meal.transfer"].browse(result.transfer_id)
