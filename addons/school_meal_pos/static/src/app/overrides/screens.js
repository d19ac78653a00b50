import {patch} from "@web/core/utils/patch";
import {Chrome} from "@point_of_sale/app/pos_app";
import {BarcodeReader} from "@point_of_sale/app/services/barcode_reader_service";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import {PaymentScreen} from "@point_of_sale/app/screens/payment_screen/payment_screen";
import {ProductScreen} from "@point_of_sale/app/screens/product_screen/product_screen";
import {ResultFlash} from "@school_meal_pos/app/components/result_flash/result_flash";
import {StudentPanel} from "@school_meal_pos/app/components/student_panel/student_panel";
import {TillStatus} from "@school_meal_pos/app/components/till_status/till_status";

Object.assign(Chrome.components, {ResultFlash, TillStatus});
Object.assign(ProductScreen.components, {StudentPanel});
Object.assign(PaymentScreen.components, {StudentPanel});

const isAccount = (line) =>
    line.payment_method_id.use_payment_terminal === "school_account";

// A card is read before the text is taken for a barcode: readers type what they like.
patch(BarcodeReader.prototype, {
    async _scan(code) {
        const till = this.hardwareProxy.pos?.schoolTill;
        if (code && till && !this.exclusiveCbMap && (await till.onReaderText(code))) {
            return;
        }
        return super._scan(...arguments);
    },
});

// Whoever paid is not at the counter any more, whichever way core took the money.
patch(OrderPaymentValidation.prototype, {
    async finalizeValidation() {
        const {order} = this;
        const till = this.pos.schoolTill;
        till?.numbers.give(order);
        const result = await super.finalizeValidation(...arguments);
        if (till && order.state === "paid") {
            till.clear();
            till.delivery.count();
        } else {
            till?.numbers.takeBack(order);
        }
        return result;
    },
});

patch(PaymentScreen.prototype, {
    async validateOrder() {
        const order = this.currentOrder;
        const till = this.pos.schoolTill;
        const lines = order.payment_ids.filter((line) => line.amount);
        if (till && order.isRefund && !till.mayRefund(order)) {
            return;
        }
        if (till && lines.length && !order.isRefund && lines.every(isAccount)) {
            await till.finish(order);
            return;
        }
        return super.validateOrder(...arguments);
    },

    // A cancelled payment's number is used up, and its amount was typed for another moment:
    // trying again is a new payment of what is still due.
    async sendPaymentRequest(line) {
        if (isAccount(line) && line.getPaymentStatus() === "retry") {
            const {pos_order_id: order, payment_method_id: method} = line;
            const amount = line.getAmount();
            order.removePaymentline(line);
            const added = order.addPaymentline(method);
            if (!added.status) {
                return;
            }
            line = added.data;
            line.setAmount(Math.min(amount, line.getAmount()) || line.getAmount());
        }
        return super.sendPaymentRequest(line);
    },

    // "Force done" would give food away: nobody has been charged.
    async sendForceDone(line) {
        if (isAccount(line)) {
            return this.sendPaymentCancel(line);
        }
        return super.sendForceDone(...arguments);
    },
});
