from odoo import fields, models


class BenefitDocumentType(models.Model):
    """A kind of document that a regulation may ask for."""

    _name = "benefit.document.type"
    _description = "Kind of Document"
    _order = "sequence, id"

    name = fields.Char(required=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    is_health = fields.Boolean(
        "Health data", help="Shown only to those who decide; reading is logged."
    )
    has_validity = fields.Boolean(
        "Has an end date", help="The radar warns before the document ends."
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE (code)", "Another kind of document has this code."
    )
