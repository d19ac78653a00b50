import {patch} from "@web/core/utils/patch";
import {Chrome} from "@point_of_sale/app/pos_app";
import {BarcodeReader} from "@point_of_sale/app/services/barcode_reader_service";
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

patch(PaymentScreen.prototype, {
    async validateOrder() {
        const order = this.currentOrder;
        const lines = order.payment_ids.filter((line) => line.amount);
        if (
            this.pos.schoolTill &&
            lines.length &&
            !order.isRefund &&
            lines.every(isAccount)
        ) {
            await this.pos.schoolTill.finish(order);
            return;
        }
        return super.validateOrder(...arguments);
    },

    // "Force done" would give food away: nobody has been charged.
    async sendForceDone(line) {
        if (isAccount(line)) {
            return this.sendPaymentCancel(line);
        }
        return super.sendForceDone(...arguments);
    },
});
