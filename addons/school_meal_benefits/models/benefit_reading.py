from odoo import fields, models


class BenefitReading(models.Model):
    """Where a regulation contradicts itself or is silent: what was chosen, and why."""

    _name = "benefit.reading"
    _description = "Reading of a Regulation"
    _order = "regulation_id, id"

    name = fields.Char("Question", required=True)
    regulation_id = fields.Many2one(
        "benefit.regulation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="regulation_id.company_id", store=True)
    article_ids = fields.Many2many("benefit.article", string="Items")
    category_ids = fields.Many2many("benefit.category", string="Categories")
    choice = fields.Text("Reading chosen", required=True)
    reason = fields.Text("Why")
