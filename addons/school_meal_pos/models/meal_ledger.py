from odoo import api, models

from odoo.addons.school_meal_base.const import HOLD_RESOLVED


class MealLedger(models.AbstractModel):
    _inherit = "meal.ledger"

    @api.model
    def _authorise_payment(self, account, amount, *, uuid, **meta):
        """Hold the amount of one payment of a till.

        A hold that was captured, released or has expired is no money: asking again
        under its number is refused. So is a question that was under way so long that
        the till sold without the answer and its order has been charged meanwhile.
        """
        result = self._authorise(account, amount, uuid=uuid, **meta)
        # Asked after the hold was written and not before: an order that is charged at
        # this moment either waits for the account's row and then finds the hold, or
        # is seen here.
        # sudo: a cashier has no access to the ledger's rows ...
        transfers = self.env["meal.transfer"].sudo()
        # sudo: ... nor to payments of the other tills of the school.
        payments = self.env["pos.payment"].sudo()
        if transfers.search_count(
            [("pending_id", "=", result.transfer_id)], limit=1
        ) or payments.search_count([("uuid", "=", uuid)], limit=1):
            raise self._refusal(HOLD_RESOLVED)
        return result
