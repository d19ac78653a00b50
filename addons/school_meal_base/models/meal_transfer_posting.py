from odoo import fields, models


class MealTransfer(models.Model):
    _inherit = "meal.transfer"

    posting_link_ids = fields.One2many(
        "meal.posting.transfer", "transfer_id", string="Posting", readonly=True
    )
