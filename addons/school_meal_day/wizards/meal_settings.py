from odoo import fields, models

HOURS = ("meal_forecast_cutoff", "meal_correction_cutoff")


class MealSettings(models.TransientModel):
    _inherit = "meal.settings"

    meal_forecast_cutoff = fields.Float(
        "Evening cut-off",
        default=lambda self: self.env.company.meal_forecast_cutoff,
        help="Local time of the working day before, for schools without hours of"
        " their own: the number of portions is told to the kitchen as a forecast.",
    )
    meal_correction_cutoff = fields.Float(
        "Morning cut-off",
        default=lambda self: self.env.company.meal_correction_cutoff,
        help="Local time of the day itself, for schools without hours of their own:"
        " until then orders and absences change the number of portions.",
    )

    def action_save(self):
        action = super().action_save()  # checks who saves
        vals = {name: self[name] for name in HOURS}
        # sudo: companies belong to the system, these values to the municipality
        self.company_id.sudo().write(vals)
        return action
