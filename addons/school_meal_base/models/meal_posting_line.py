from odoo import api, fields, models

from ..const import TRANSFER_KINDS


class MealPostingLine(models.Model):
    """Sum of the transfers of one posting with the same kind and pair of accounts."""

    _name = "meal.posting.line"
    _description = "Line of a Meal Posting"
    _order = "posting_id, kind, id"

    posting_id = fields.Many2one(
        "meal.posting", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="posting_id.company_id")
    currency_id = fields.Many2one(related="posting_id.currency_id")
    kind = fields.Selection(TRANSFER_KINDS, required=True)
    debit_account_id = fields.Many2one(
        "account.account", required=True, index=True, ondelete="restrict"
    )
    credit_account_id = fields.Many2one(
        "account.account", required=True, index=True, ondelete="restrict"
    )
    amount = fields.Monetary(required=True)
    transfer_count = fields.Integer(string="Transfers")

    @api.model
    def _has_postings(self, company, account):
        """:return: whether posted entries of `company` stand on `account`."""
        return bool(
            self.search_count(
                [
                    ("posting_id.company_id", "=", company.id),
                    "|",
                    ("debit_account_id", "=", account.id),
                    ("credit_account_id", "=", account.id),
                ],
                limit=1,
            )
        )
