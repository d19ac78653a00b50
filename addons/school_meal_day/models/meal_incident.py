from odoo import api, models


class MealIncident(models.Model):
    _inherit = "meal.incident"

    @api.model
    def _kind_names(self):
        return {**super()._kind_names(), "orders": self.env._("Meal orders")}
