from odoo import api, models

from .meal_issue_event import INCIDENT_CONFLICT


class MealIncident(models.Model):
    _inherit = "meal.incident"

    @api.model
    def _kind_names(self):
        return {
            **super()._kind_names(),
            INCIDENT_CONFLICT: self.env._("Issue events with one number"),
        }
