from odoo import api, models
from odoo.tools import SQL

from .meal_ledger import BALANCE_FIELDS

#: Accounts whose expired holds one step of the cron releases.
RELEASE_BATCH = 200


class MealLedger(models.AbstractModel):
    """Holds whose time is over. The rules ignore them at once; that they give the money
    back is written down here, or when somebody needs it."""

    _inherit = "meal.ledger"

    @api.model
    def _release_holds(self, accounts):
        """Write down the release of holds whose time is over.

        :param accounts: recordset of `meal.account`; one in use is left for later
        :return: kopecks released
        """
        self.env.flush_all()
        [(released,)] = self.env.execute_query(
            SQL(
                "SELECT (meal_ledger_expire_many(%s::int[]) * 100)::bigint",
                accounts.ids,
            )
        )
        self.env["meal.account"].invalidate_model(BALANCE_FIELDS)
        return released

    @api.model
    def _cron_release_holds(self):
        """Release what tills and machines have left on hold and never came back for."""
        accounts = self._accounts_with_lapsed_holds()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(accounts))
        for start in range(0, len(accounts), RELEASE_BATCH):
            batch = accounts[start : start + RELEASE_BATCH]
            self._run_isolated("_release_holds", batch)
            if not cron._commit_progress(len(batch)):
                break

    @api.model
    def _accounts_with_lapsed_holds(self):
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT a.id FROM meal_account a
                 WHERE a.held > 0
                   AND (a.holds_from IS NULL OR a.holds_from <= meal_ledger_utcnow())
                   AND meal_ledger_lapsed(a.id) > 0
                 ORDER BY a.id
                """
            )
        )
        return self.env["meal.account"].browse([account_id for (account_id,) in rows])
