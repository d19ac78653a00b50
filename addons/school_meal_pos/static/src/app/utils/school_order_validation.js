import {serializeDateTime} from "@web/core/l10n/dates";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import {toKopecks} from "./kopecks";
import {storeOrder} from "./order_store";
import {REFUSAL} from "./sale_rules";

/**
 * Validation of an order paid from a student's account. The money is held (or lent by the
 * offline cap) already, so nobody waits for the order's way to the server: it is written to the
 * disk of the till, the screen turns green, the next child steps up, and the order is sent.
 */
export class SchoolOrderValidation extends OrderPaymentValidation {
    async shouldHideValidationBehindFeedbackScreen() {
        const order = this.order;
        const till = this.pos.schoolTill;
        order.date_order = serializeDateTime(luxon.DateTime.now());
        order.state = "paid";
        till.numbers.give(order);
        this.pos.addPendingOrder([order.id]);
        if (!(await this._isSafe(order, till))) {
            return this._takeBack(order, till);
        }
        this._showPaid(order, till);
        till.clear();
        this.pos.orderDone(order);
        till.deliver();
        this.afterOrderValidation(true);
    }

    /** Green only when the order cannot vanish any more: on the disk, or on the server. */
    async _isSafe(order, till) {
        if (await storeOrder(this.pos.data.indexedDB.db, order)) {
            return true;
        }
        await till.deliver();
        return order.isSynced;
    }

    async _takeBack(order, till) {
        order.state = "draft";
        till.numbers.takeBack(order);
        this.pos.removePendingOrder(order);
        for (const line of order.payment_ids.filter((pl) => till.isAccount(pl))) {
            await till._undo(line);
        }
        till.state.refusedBy = "";
        till.delivery.count();
        // While it was "paid" the screen may have moved on to the next order.
        this.pos.setOrder(order);
        this.pos.navigate("ProductScreen", {orderUuid: order.uuid});
        till.refuse({code: REFUSAL.NOT_STORED});
    }

    _showPaid(order, till) {
        const payment = order.payment_ids.find((line) => line.meal_student_ref);
        till.accept({
            amount: toKopecks(order.priceIncl),
            student: till.roster.get(payment.meal_student_ref),
            offline: payment.meal_is_offline,
        });
    }
}
