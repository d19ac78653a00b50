from odoo import fields, models
from odoo.fields import Domain


class MealTransfer(models.Model):
    _inherit = "meal.transfer"

    posting_link_ids = fields.One2many(
        "meal.posting.transfer", "transfer_id", string="Posting", readonly=True
    )
    reconciliation_line_id = fields.Many2one(
        "meal.reconciliation.line",
        compute="_compute_reconciliation_line_id",
        search="_search_reconciliation_line_id",
        help="For searching only: the transfers behind a row of the report.",
    )

    def _compute_reconciliation_line_id(self):
        self.reconciliation_line_id = False

    def _search_reconciliation_line_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env.flush_all()
        # Found with the rights of the reader: reports of others stay theirs.
        lines = self.env["meal.reconciliation.line"].search([("id", "in", list(value))])
        return Domain.OR(Domain("id", "in", line._sql_transfers()) for line in lines)
