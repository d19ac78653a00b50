import {serializeDateTime} from "@web/core/l10n/dates";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import {toKopecks} from "./kopecks";

/**
 * Validation of an order paid from a student's account. The money is held (or lent by the
 * offline cap) already, so nobody waits for the order's way to the server: it is written down
 * on the till, the screen turns green, the next child steps up, and the order is sent.
 */
export class SchoolOrderValidation extends OrderPaymentValidation {
    async shouldHideValidationBehindFeedbackScreen() {
        const order = this.order;
        const till = this.pos.schoolTill;
        order.date_order = serializeDateTime(luxon.DateTime.now());
        order.state = "paid";
        this.pos.addPendingOrder([order.id]);
        await this.pos.data.synchronizeLocalDataInIndexedDB();
        this._showPaid(order, till);
        till.clear();
        this.pos.orderDone(order);
        till.deliver();
        this.afterOrderValidation(true);
    }

    _showPaid(order, till) {
        const [payment] = order.payment_ids.filter((line) => line.meal_student_ref);
        till.accept({
            amount: toKopecks(order.priceIncl),
            student: till.roster.get(payment.meal_student_ref),
            offline: payment.meal_is_offline,
        });
    }
}
