from odoo import fields, models

from ..const import PROVIDERS
from ..domain import checklist


class BenefitRequirement(models.Model):
    """A document that a category needs: one of its kinds is enough."""

    _name = "benefit.requirement"
    _description = "Required Document"
    _inherit = ["benefit.regulation.part"]
    _order = "category_id, sequence, id"

    category_id = fields.Many2one(
        "benefit.category", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="category_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    code = fields.Char(required=True)
    document_type_ids = fields.Many2many(
        "benefit.document.type", string="One of", required=True
    )
    article_id = fields.Many2one("benefit.article", "Item")
    provider = fields.Selection(
        PROVIDERS,
        "Who provides it",
        required=True,
        default="parent",
        help="A document that the school asks for may be brought by the parent too.",
    )
    may_be_held = fields.Boolean(
        "May be marked “already held”", help="With the place where it is kept."
    )
    is_refusal_ground = fields.Boolean(
        "Its absence is a ground of refusal", default=True, help="Item 7."
    )
    is_birth_certificate = fields.Boolean(
        "Birth certificate",
        help="No ground of refusal when the school holds it (item 7).",
    )
    is_optional = fields.Boolean("Only where it applies", help="See the condition.")
    condition = fields.Char(help="When it is needed, for the clerk.")
    request_body = fields.Char("Asked from", help="The body that the school asks.")
    request_days = fields.Integer("Answer within, working days", default=5)

    _code_uniq = models.Constraint(
        "UNIQUE (category_id, code)", "The category already asks for this document."
    )

    # === BUSINESS METHODS === #

    def _get_regulations(self):
        return self.category_id.regulation_id

    def _as_rule(self):
        """Return the document as `domain.checklist` knows it."""
        self.ensure_one()
        return checklist.Requirement(
            self.code,
            self.article_id.number or "",
            self.provider,
            self.may_be_held,
            self.is_refusal_ground,
            self.is_birth_certificate,
            tuple(self.document_type_ids.mapped("code")),
            self.is_optional,
        )
