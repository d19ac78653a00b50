from odoo import fields, models


class MealSettings(models.TransientModel):
    _inherit = "meal.settings"

    meal_hide_debt = fields.Boolean(
        "Hide debts from the account login",
        default=lambda self: self.env.company.meal_hide_debt,
        help="Who signs in with the account number then sees purchases, but neither a"
        " debt nor money put on the account. Parents who sign in by e-mail see all.",
    )

    def action_save(self):
        action = super().action_save()  # checks who saves
        # sudo: companies belong to the system, these values to the municipality
        self.company_id.sudo().meal_hide_debt = self.meal_hide_debt
        return action
