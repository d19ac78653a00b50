import {PaymentInterface} from "@point_of_sale/app/utils/payment/payment_interface";
import {register_payment_method} from "@point_of_sale/app/services/pos_store";

/**
 * The student's account as a payment terminal without hardware: the "terminal" is the server's
 * ledger. `authorise` holds the amount under the payment's uuid; the order's arrival captures it.
 */
export class PaymentSchoolAccount extends PaymentInterface {
    setup() {
        super.setup(...arguments);
        this.supports_reversals = true;
    }

    get till() {
        return this.pos.schoolTill;
    }

    async sendPaymentRequest(uuid) {
        const line = this._line(uuid);
        if (!this.till || !line) {
            return false;
        }
        if (line.amount < 0) {
            return this.till.authoriseRefund(line);
        }
        let student = this.till.state.student;
        if (!student) {
            line.setPaymentStatus("waitingCard");
            student = await this.till.waitForCard();
        }
        // The line may be gone: the cashier left the screen while it waited for a card.
        return student && this._line(uuid) ? this.till.authorise(line, student) : false;
    }

    async sendPaymentCancel(_order, uuid) {
        this.till.stopWaiting(null);
        return this.till.release(this._line(uuid));
    }

    async sendPaymentReversal(uuid) {
        return this.till.release(this._line(uuid));
    }

    close() {
        this.till?.stopWaiting(null);
    }

    _line(uuid) {
        return this.pos.models["pos.payment"].getBy("uuid", uuid);
    }
}

register_payment_method("school_account", PaymentSchoolAccount);
