from odoo import api, models


class MealStatement(models.AbstractModel):
    _inherit = "meal.statement"

    @api.model
    def _get_receipts(self, transfers):
        """Override of `school_meal_base`: dishes of the till's orders."""
        receipts = super()._get_receipts(transfers)
        sales = transfers.filtered(
            lambda each: each.source_model == "pos.order"
            and each.kind in ("sale", "refund")
        )
        # sudo: the caller has checked the account; parents may not read orders.
        orders = self.env["pos.order"].sudo().browse(sales.mapped("source_id")).exists()
        by_id = {order.id: self._prepare_receipt(order) for order in orders}
        for sale in sales:
            if sale.source_id in by_id:
                receipts[sale.id] = by_id[sale.source_id]
        return receipts

    @api.model
    def _prepare_receipt(self, order):
        number = order.pos_reference or order.name
        return {
            "name": self.env._("Receipt No. %s", number),
            "lines": [self._prepare_dish(line) for line in order.lines],
        }

    @api.model
    def _prepare_dish(self, line):
        quantity = abs(line.qty)
        amount = abs(round(line.price_subtotal_incl * 100))
        grams = round(line.product_id.weight * 1000)
        return {
            "name": line.full_product_name or line.product_id.name,
            "qty": quantity,
            "weight": self.env._("%s g", grams) if grams else "",
            "price": round(amount / quantity) if quantity else amount,
            "amount": amount,
        }
