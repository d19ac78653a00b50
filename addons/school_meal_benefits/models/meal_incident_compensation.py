from odoo import api, models


class MealIncident(models.Model):
    _inherit = "meal.incident"

    @api.model
    def _kind_names(self):
        """Override of `school_meal_base` to name the checks of compensation."""
        _ = self.env._
        return {
            **super()._kind_names(),
            "compensation_days": _("Compensation: days and amounts"),
            "compensation_twice": _("Compensation: a day paid twice"),
            "compensation_right": _("Compensation: days without a right"),
            "compensation_entry": _("Compensation: journal entries"),
            "compensation_paid": _("Compensation: payments and their lines"),
            "compensation_line_paid": _("Compensation: lines and their payments"),
        }
