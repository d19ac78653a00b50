from odoo import fields, models
from odoo.exceptions import ValidationError

from ..models.access_event import MONTHS_LEAST, MONTHS_SETTING


class MealSettings(models.TransientModel):
    _inherit = "meal.settings"

    event_months = fields.Integer(
        "Passages are kept, months",
        default=lambda self: self.env["access.event"]._months_kept(),
    )

    def action_save(self):
        """Override of `school_meal_base`, which checks who saves."""
        action = super().action_save()
        if self.event_months < MONTHS_LEAST:
            raise ValidationError(
                self.env._("Keep passages for %s months at least.", MONTHS_LEAST)
            )
        # sudo: parameters belong to the system
        self.env["ir.config_parameter"].sudo().set_param(
            MONTHS_SETTING, self.event_months
        )
        return action
