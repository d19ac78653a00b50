from odoo import fields, models


class SchoolAllergen(models.Model):
    _name = "school.allergen"
    _description = "Allergen"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "The allergen code must be unique.")
