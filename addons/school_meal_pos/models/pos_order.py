import logging

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from odoo.addons.school_meal_base.const import HOLD_NOT_FOUND, REASON_GOODS_RETURNED
from odoo.addons.school_meal_base.exceptions import LedgerRefusal

_logger = logging.getLogger(__name__)


class PosOrder(models.Model):
    """Money of students' accounts moves in the transaction of the order.

    Every step's operation number is derived from the payment's uuid, so an order that
    arrives twice, from two tills or after a power cut, charges once. What was sold off
    line is recorded whatever the rules say now: the child has eaten.
    """

    _inherit = "pos.order"

    # === ARRIVAL === #

    def _process_order(self, order, existing_order):
        """Remember since when the till has been selling: core may move a late order to
        another session before it is settled."""
        named = self.env["pos.session"].browse(order["session_id"])
        since = {"school_till_since": named.start_at}
        return super(PosOrder, self.with_context(**since))._process_order(
            order, existing_order and existing_order.with_context(**since)
        )

    def _process_saved_order(self, draft):
        result = super()._process_saved_order(draft)
        if not draft and self.state != "cancel" and self.config_id.school_id:
            self._check_cash_given_out()
            self._settle_school_payments()
            self._note_till_number()
        return result

    def _settle_school_payments(self):
        payments = self.payment_ids._is_school_account()
        if payments and self.to_invoice:
            raise UserError(
                self.env._("An order paid from a student's account has no invoice.")
            )
        self._bound_times(payments)
        for payment in payments:
            if payment.amount > 0:
                self._settle_sale(payment)
            elif payment.amount < 0:
                self._settle_refund(payment)
        self._report_over_cap(payments)

    def _check_cash_given_out(self):
        """Money of an account never leaves the till in cash: neither as change nor as
        a refund. No honest order does that, so it is refused off line as well."""
        payments = self.payment_ids._is_school_account()
        paid = sum(
            payments.filtered(lambda payment: payment.amount > 0).mapped("amount")
        )
        if paid and float_compare(paid, self.amount_total, precision_digits=2) > 0:
            raise UserError(
                self.env._(
                    "More was taken from the account than the order costs: nothing may"
                    " be given out in cash. Void the payment and take the exact amount."
                )
            )
        sold = self.refunded_order_id
        if not sold.payment_ids._is_school_account():
            return
        orders = sold | sold.lines.refund_orderline_ids.order_id
        every = orders.filtered(
            lambda o: o.state not in ("draft", "cancel")
        ).payment_ids
        cash = every - every._is_school_account()
        if float_compare(sum(cash.mapped("amount")), 0, precision_digits=2) < 0:
            raise UserError(
                self.env._(
                    "This order was paid from a student's account: give the money back"
                    " to the account, not in cash."
                )
            )

    def _settle_sale(self, payment):
        """Capture the hold of a payment; off line there may be none."""
        ledger = self.env["meal.ledger"]
        kopecks = round(payment.amount * 100)
        meta = self._ledger_meta(payment)
        try:
            if not self._is_own_hold(payment):
                raise ledger._refusal(HOLD_NOT_FOUND)
            ledger._capture(
                payment.uuid,
                kopecks,
                uuid=payment._meal_uuid(payment.uuid, "capture"),
                forced=True,  # the order is there: the goods are gone
                **meta,
            )
        except LedgerRefusal as refusal:
            if not payment.meal_is_offline:
                raise
            if refusal.code != HOLD_NOT_FOUND:
                _logger.info("Offline order %s: %s", self.uuid, refusal.code)
            self._charge_offline(payment, kopecks, meta)

    def _is_own_hold(self, payment):
        """A till captures only what a till of its school has asked for."""
        # sudo: a cashier has no access to the ledger's rows.
        transfers = self.env["meal.transfer"].sudo()
        hold = transfers.search([("uuid", "=", payment.uuid)])
        return hold.school_id == self.config_id.school_id

    def _settle_refund(self, payment):
        """Give a returned amount back to the account that paid the original order."""
        kopecks = round(-payment.amount * 100)
        originals = self.refunded_order_id.payment_ids._is_school_account()
        for original in originals.filtered(lambda sale: sale.amount > 0):
            part = min(kopecks, self._left_to_refund(original))
            if part > 0:
                self.env["meal.ledger"]._reverse(
                    self._sale_transfer_uuid(original),
                    part,
                    uuid=payment._meal_uuid(payment.uuid, f"refund/{original.id}"),
                    kind="refund",
                    reason=REASON_GOODS_RETURNED,
                    **self._ledger_meta(payment),
                )
                kopecks -= part
        if kopecks > 0:
            raise UserError(
                self.env._(
                    "No more can be given back to the account than was paid from it:"
                    " give the rest back the way it was paid."
                )
            )

    # === HELPERS === #

    def _ledger_meta(self, payment):
        meta = {
            "source": (self._name, self.id),
            "school": self.config_id.school_id.id or None,
        }
        if payment.meal_occurred_at:
            meta["occurred_at"] = payment.meal_occurred_at
        return meta

    def _bound_times(self, payments):
        """Keep the time of a sale within what can be true: a till's clock may be wrong,
        and the day decides which limit counts and which month is charged."""
        now = fields.Datetime.now()
        since = self.env.context.get("school_till_since") or self.session_id.start_at
        for payment in payments.filtered("meal_occurred_at"):
            bounded = min(max(payment.meal_occurred_at, since or now), now)
            if bounded != payment.meal_occurred_at:
                _logger.info(
                    "Order %s: the till's clock says %s, taken as %s",
                    self.uuid,
                    payment.meal_occurred_at,
                    bounded,
                )
                payment.meal_occurred_at = bounded

    def _sale_transfer_uuid(self, payment):
        """Operation number under which a sale was recorded: captured or charged, or
        charged again to the student who was found out later."""
        steps = ("capture", "charge", "assign")
        uuids = [payment._meal_uuid(payment.uuid, step) for step in steps]
        # sudo: a cashier has no access to the ledger's rows.
        transfers = self.env["meal.transfer"].sudo()
        return transfers.search([("uuid", "in", uuids)], order="id desc", limit=1).uuid

    def _left_to_refund(self, payment):
        """Kopecks of a sale from an account that were not given back yet."""
        # sudo: a cashier has no access to the ledger's rows.
        transfers = self.env["meal.transfer"].sudo()
        sale = transfers.search([("uuid", "=", self._sale_transfer_uuid(payment))])
        if not sale:
            return 0
        [(back,)] = transfers._read_group(
            [("reversal_of_id", "=", sale.id)], [], ["amount:sum"]
        )
        return round((sale.amount - (back or 0)) * 100)

    def _meal_refundable(self):
        """Kopecks of this order that can still go back to students' accounts."""
        payments = self.payment_ids._is_school_account()
        return sum(self._left_to_refund(payment) for payment in payments)

    # === LATE ORDERS === #

    def _get_valid_session(self, order):
        """Core refuses an order whose session is closed when no other is open. At a
        school's till the food is eaten: a recovery session takes it."""
        closed = self.env["pos.session"].browse(order["session_id"])
        config = closed.config_id
        if not config.school_id or self._open_session_of(config):
            return super()._get_valid_session(order)
        _logger.info("Late order %s: opening a recovery session", order["uuid"])
        # sudo: the cashier who delivers need not be the one who may open sessions.
        return (
            self.env["pos.session"]
            .sudo()
            .create(
                {
                    "config_id": config.id,
                    "name": self.env._("(late orders of %s)", closed.name),
                    "rescue": True,
                    "state": "opened",
                    "start_at": fields.Datetime.now(),
                }
            )
            .with_user(self.env.user)
        )

    def _open_session_of(self, config):
        return self.env["pos.session"].search_count(
            [
                ("state", "not in", ("closed", "closing_control")),
                ("config_id", "=", config.id),
            ],
            limit=1,
        )
