from odoo import api, models
from odoo.exceptions import UserError

from ..till_input import is_amount, is_operation_number


class PosOrder(models.Model):
    """A payment that is no number would fail somewhere deep inside core."""

    _inherit = "pos.order"

    @api.model
    def sync_from_ui(self, orders):
        for order in orders:
            for command in order.get("payment_ids") or []:
                self._check_payment_form(command)
        return super().sync_from_ui(orders)

    def _check_payment_form(self, command):
        values = command[2] if len(command) > 2 else None
        if not isinstance(values, dict):
            return
        if not is_amount(values.get("amount", 0)) or not is_operation_number(
            values.get("uuid", "-")
        ):
            raise UserError(
                self.env._("The till asked for something unknown. Reload the till.")
            )
