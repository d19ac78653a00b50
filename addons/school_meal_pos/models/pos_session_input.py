from odoo import models

from .. import const
from ..till_input import is_amount, is_id, is_operation_number


class PosSession(models.Model):
    """Nonsense from a till is answered with a sentence before it meets the database."""

    _inherit = "pos.session"

    def school_authorise(self, request):
        if not isinstance(request, dict) or not is_operation_number(
            request.get("uuid")
        ):
            return self._not_understood()
        products = request.get("products") or []
        if not isinstance(products, list) or not all(map(is_id, products)):
            return self._not_understood()
        return super().school_authorise(request)

    def school_void(self, payment_uuid):
        if not is_operation_number(payment_uuid):
            return self._not_understood()
        return super().school_void(payment_uuid)

    def school_refund_check(self, order_uuid, amount):
        if not is_amount(amount) or not is_operation_number(order_uuid or "-"):
            return self._not_understood()
        return super().school_refund_check(order_uuid, amount)

    def _not_understood(self):
        message = self.env._("The till asked for something unknown. Reload the till.")
        return {"code": const.BAD_REQUEST, "message": message}
