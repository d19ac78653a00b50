from odoo import fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    meal_posting_ids = fields.One2many("meal.posting", "move_id", readonly=True)

    def button_draft(self):
        self._check_no_meal_posting()
        return super().button_draft()

    def button_cancel(self):
        self._check_no_meal_posting()
        return super().button_cancel()

    def _check_no_meal_posting(self):
        """The journal entry of a posting stays as it is; the ledger is corrected by
        transfers, which make an additional posting."""
        # sudo: whoever may touch the entry need not see the postings behind it.
        if self.sudo().meal_posting_ids:
            raise UserError(
                self.env._(
                    "This entry carries transfers of students' accounts. Correct the "
                    "transfers: the next posting brings the correction here."
                )
            )
