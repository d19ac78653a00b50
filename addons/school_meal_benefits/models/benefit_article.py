from odoo import api, fields, models


class BenefitArticle(models.Model):
    """An item of a regulation, with its words."""

    _name = "benefit.article"
    _description = "Item of a Regulation"
    _inherit = ["benefit.regulation.part"]
    _order = "regulation_id, sequence, id"
    _rec_name = "number"

    regulation_id = fields.Many2one(
        "benefit.regulation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="regulation_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    number = fields.Char(required=True)
    text = fields.Text()

    _number_uniq = models.Constraint(
        "UNIQUE (regulation_id, number)", "The regulation already has this item."
    )

    @api.depends("number")
    def _compute_display_name(self):
        for article in self:
            article.display_name = self.env._("item %s", article.number)
