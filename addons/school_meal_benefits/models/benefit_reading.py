from odoo import fields, models


class BenefitReading(models.Model):
    """Where a regulation contradicts itself or is silent: what was chosen, and why."""

    _name = "benefit.reading"
    _description = "Reading of a Regulation"
    _inherit = ["benefit.regulation.part"]
    _order = "regulation_id, sequence, id"

    name = fields.Char("Question", required=True)
    sequence = fields.Integer(default=10)
    regulation_id = fields.Many2one(
        "benefit.regulation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="regulation_id.company_id", store=True)
    article_ids = fields.Many2many("benefit.article", string="Items")
    category_ids = fields.Many2many("benefit.category", string="Categories")
    choice = fields.Text("Reading chosen", required=True)
    reason = fields.Text("Why")

    # === COMPUTE METHODS === #

    def _compute_is_editable(self):
        for reading in self:
            reading.is_editable = bool(reading.regulation_id.company_id)

    # === BUSINESS METHODS === #

    def _get_regulations(self):
        """A reading explains and decides nothing: those of templates are fixed only."""
        return self.regulation_id._templates()
