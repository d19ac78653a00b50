from odoo import fields, models


class MealTariffChange(models.TransientModel):
    """A price ends and another one begins."""

    _name = "meal.tariff.change"
    _description = "Change of a Meal Price"

    tariff_id = fields.Many2one("meal.tariff", "Old price", required=True)
    currency_id = fields.Many2one(related="tariff_id.currency_id")
    old_price = fields.Monetary(related="tariff_id.price", string="Costs now")
    price = fields.Monetary("New price", required=True)
    date_from = fields.Date(
        "Valid from", required=True, default=fields.Date.context_today
    )
    basis = fields.Char("Legal basis", help="Number and date of the decision.")

    def action_change(self):
        self.ensure_one()
        tariff = self.tariff_id._succeed(self.price, self.date_from, self.basis)
        return {
            "type": "ir.actions.act_window",
            "res_model": "meal.tariff",
            "res_id": tariff.id,
            "view_mode": "form",
        }
