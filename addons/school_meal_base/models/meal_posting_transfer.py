from odoo import fields, models


class MealPostingTransfer(models.Model):
    """Which posting carried a transfer to the general ledger; at most one.

    Written only by INSERT … SELECT of `meal.posting`: millions of rows.
    """

    _name = "meal.posting.transfer"
    _description = "Transfer of a Meal Posting"
    _log_access = False
    _rec_name = "transfer_id"

    posting_id = fields.Many2one(
        "meal.posting", required=True, index=True, ondelete="restrict"
    )
    transfer_id = fields.Many2one("meal.transfer", required=True, ondelete="restrict")

    _transfer_uniq = models.UniqueIndex(
        "(transfer_id)", "A transfer is posted to the general ledger once."
    )
