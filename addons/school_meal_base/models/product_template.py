from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    allergen_ids = fields.Many2many("school.allergen", string="Allergens")
