from uuid import UUID, uuid5

from odoo import api, fields, models

from ..const import TERMINAL

#: Never changes: a replay next year must find the same numbers.
NAMESPACE = UUID("5d3c2a0e-6f43-5a8e-9d6b-3b1d7c2f4e10")


class PosPayment(models.Model):
    """Facts of the tap travel on the payment: it is what survives in the browser.

    The fields hold plain ids and not relations: the till knows no `school.student`.
    """

    _inherit = "pos.payment"

    meal_student_ref = fields.Integer(
        "Student (id)", readonly=True, index="btree_not_null"
    )
    meal_card_ref = fields.Integer("Card (id)", readonly=True)
    meal_occurred_at = fields.Datetime("Time at the till", readonly=True)
    meal_is_offline = fields.Boolean("Sold without network", readonly=True)
    meal_data_at = fields.Datetime(
        readonly=True, help="How old the till's balances were when it sold offline."
    )

    def _is_school_account(self):
        """Return the payments made from students' accounts."""
        return self.filtered(
            lambda payment: payment.payment_method_id.use_payment_terminal == TERMINAL
        )

    @api.model
    def _meal_uuid(self, payment_uuid, step):
        """Operation number of the ledger for one step of a payment: the same for every
        delivery of the same order."""
        return str(uuid5(NAMESPACE, f"{payment_uuid}/{step}"))
