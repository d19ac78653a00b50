from odoo import api, models


class MealStatement(models.AbstractModel):
    _inherit = "meal.statement"

    @api.model
    def _get_titles(self, transfers):
        titles = super()._get_titles(transfers)
        for transfer, order in self._orders_of(transfers).items():
            label = (
                self.env._("Refund of receipt %s", order.pos_reference)
                if transfer.kind == "refund"
                else self.env._("Receipt %s", order.pos_reference)
            )
            titles[transfer.id] = label
        return titles

    @api.model
    def _get_receipts(self, transfers):
        receipts = super()._get_receipts(transfers)
        for transfer, order in self._orders_of(transfers).items():
            receipts[transfer.id] = {
                "name": order.pos_reference,
                "lines": [self._receipt_line(line) for line in order.lines],
            }
        return receipts

    @api.model
    def _orders_of(self, transfers):
        """Return {transfer: order of a till} for those that have one."""
        sold = transfers.filtered(lambda each: each.source_model == "pos.order")
        orders = transfers.env["pos.order"].browse(sold.mapped("source_id")).exists()
        by_id = {order.id: order for order in orders}
        return {
            transfer: by_id[transfer.source_id]
            for transfer in sold
            if transfer.source_id in by_id
        }

    @api.model
    def _receipt_line(self, line):
        # A refund's lines are negative; the column of the statement tells the side.
        quantity = abs(line.qty)
        amount = abs(round(line.price_subtotal_incl * 100))
        return {
            "name": line.product_id.name,
            "qty": quantity,
            "weight": self._portion_weight(line.product_id),
            "price": round(amount / quantity) if quantity else 0,
            "amount": amount,
        }

    @api.model
    def _portion_weight(self, product):
        """Weight of a portion as text: “250 g”, empty when it is not known."""
        if not product.weight:
            return ""
        return self.env._("%s g", round(product.weight * 1000))
