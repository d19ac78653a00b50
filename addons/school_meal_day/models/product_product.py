from odoo import api, models

#: What core itself writes when it makes the one variant of a dish.
VARIANT_FIELDS = frozenset(
    {"product_tmpl_id", "product_template_attribute_value_ids", "active"}
)


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model_create_multi
    def create(self, vals_list):
        names = {key for vals in vals_list for key in vals}
        self.env["product.template"]._check_dish_fields(names - VARIANT_FIELDS)
        return super().create(vals_list)

    def write(self, vals):
        self.env["product.template"]._check_dish_fields(vals)
        return super().write(vals)
