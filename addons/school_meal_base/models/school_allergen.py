from odoo import fields, models


class SchoolAllergen(models.Model):
    """A substance that a dish may contain and a child may not eat."""

    _name = "school.allergen"
    _description = "Allergen"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short code of the list in use, for exchange and labels."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "Another allergen has this code.")
