from odoo import api, models
from odoo.tools import SQL


class MealGlMapping(models.Model):
    _inherit = "meal.gl.mapping"

    @api.model
    def _sql_stands_on_control(self):
        """A sale whose student is unknown is booked by the session like any other."""
        return SQL(
            "(%s OR (a.kind = 'suspense' AND a.code = 'till'))",
            super()._sql_stands_on_control(),
        )
