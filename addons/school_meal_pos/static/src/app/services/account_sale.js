import {_t} from "@web/core/l10n/translation";
import {
    allergensInCart,
    offlineAllowance,
    refusalOf,
    REFUSAL,
} from "@school_meal_pos/app/utils/sale_rules";
import {toKopecks, toRoubles} from "@school_meal_pos/app/utils/kopecks";
import {SchoolOrderValidation} from "@school_meal_pos/app/utils/school_order_validation";

/**
 * The money half of a school's till: from the cart to "paid", on line and off line.
 *
 * The other half (`SchoolTill`) brings `pos`, `state`, `roster`, `book`, `server` and
 * `refuse`.
 */
export class AccountSale {
    get method() {
        return this.pos.config.payment_method_ids.find(
            (method) => method.use_payment_terminal === "school_account"
        );
    }

    get canPay() {
        const order = this.pos.getOrder();
        return Boolean(
            this.method &&
            order &&
            !order.finalized &&
            order.lines.length &&
            !order.isRefund
        );
    }

    /** Kopecks the student can spend here and now. */
    spendable(student) {
        return this.pos.data.network.offline
            ? offlineAllowance(student, this.book.sold(student.id))
            : Math.max(student.available, 0);
    }

    /** Lines of an order as the rules see them. */
    saleLines(order) {
        return order.lines.map((line) => {
            const template = line.product_id.product_tmpl_id;
            return {
                productId: line.product_id.id,
                categoryIds: this._withParents(template.categ_id),
                allergenIds: template.raw.allergen_ids || [],
                name: line.getFullProductName(),
            };
        });
    }

    _withParents(category) {
        const ids = [];
        for (let node = category; node; node = node.parent_id) {
            ids.push(node.id);
        }
        return ids;
    }

    get cartAllergens() {
        const order = this.pos.getOrder();
        return this.state.student && order
            ? allergensInCart(this.state.student, this.saleLines(order))
            : [];
    }

    money(kopecks) {
        return this.pos.env.utils.formatCurrency(toRoubles(kopecks));
    }

    allergenNames(ids) {
        return ids.map((id) => this.roster.allergens[id] || _t("allergen")).join(", ");
    }

    /** One press: account → paid. The payment line goes away when the answer is no. */
    async pay() {
        const order = this.pos.getOrder();
        if (this.state.busy || !this.state.student || !this.canPay) {
            return false;
        }
        this.state.busy = true;
        try {
            const added = order.addPaymentline(this.method);
            if (!added.status) {
                this.refuse({code: "pos", message: added.data});
                return false;
            }
            if (!(await added.data.pay())) {
                order.removePaymentline(added.data);
                return false;
            }
            return await this.finish(order);
        } finally {
            this.state.busy = false;
        }
    }

    /** Validate a fully paid order without leaving the counter. */
    async finish(order) {
        if (!order.isPaid()) {
            return false;
        }
        const validation = new SchoolOrderValidation({
            pos: this.pos,
            orderUuid: order.uuid,
        });
        return validation.validateOrder(false);
    }

    /**
     * Ask for the amount of a payment line; called by the payment interface.
     *
     * @returns {Promise<boolean>}
     */
    async authorise(line, student) {
        const order = line.pos_order_id;
        const sale = {
            student,
            card: this.state.card,
            lines: this.saleLines(order),
            amount: toKopecks(line.amount),
            allergensConfirmed: this.state.allergensConfirmed,
            soldOffline: null,
        };
        const refusal = refusalOf(sale);
        if (refusal) {
            return this.refuse(refusal);
        }
        this._stamp(line, student);
        const answer = await this.server.ask("school_authorise", [
            this._request(line, sale),
        ]);
        if (!answer) {
            return this.sellOffline(line, sale);
        }
        if (answer.code) {
            this._takeNews(student.id, answer);
            return this.refuse(answer);
        }
        this._takeNews(student.id, answer);
        return true;
    }

    _request(line, sale) {
        return {
            uuid: line.uuid,
            student_id: sale.student.id,
            card_id: this.state.card?.id || null,
            amount: sale.amount,
            allergens_confirmed: sale.allergensConfirmed,
            products: [...new Set(sale.lines.map(({productId}) => productId))],
        };
    }

    /** Facts travel on the payment: side calls are lost with the memory of the browser. */
    _stamp(line, student) {
        line.meal_student_ref = student.id;
        line.meal_card_ref = this.state.card?.id || 0;
        line.meal_occurred_at = luxon.DateTime.now();
        line.meal_is_offline = false;
    }

    _takeNews(studentId, {available, card_state: cardState}) {
        if (Number.isInteger(available)) {
            this.roster.setAvailable(studentId, available);
        }
        if (cardState && this.state.card) {
            this.roster.setCardState(this.state.card.id, cardState);
        }
        this._refreshShown();
    }

    /** No server: sell what the school lends for such an hour, and write it down first. */
    sellOffline(line, sale) {
        const soldOffline = this.book.sold(sale.student.id);
        const refusal = refusalOf({...sale, soldOffline});
        if (refusal) {
            return this.refuse(refusal);
        }
        line.meal_is_offline = true;
        line.meal_data_at = luxon.DateTime.fromMillis(this.roster.readAt || 0);
        this.book.add(line.uuid, sale.student.id, sale.amount);
        return true;
    }

    /** Give a hold back. Best effort: what is not released expires by itself. */
    async release(line) {
        this.book.remove(line.uuid);
        const answer = await this.server.ask("school_void", [line.uuid]);
        if (answer && line.meal_student_ref) {
            this._takeNews(line.meal_student_ref, answer);
        }
        return true;
    }

    /** A refund is checked on the server now and credited with the order. */
    async authoriseRefund(line) {
        const [first] = line.pos_order_id.lines;
        const original = first?.refunded_orderline_id?.order_id?.uuid;
        const amount = toKopecks(-line.amount);
        const answer = await this.server.ask("school_refund_check", [
            original || null,
            amount,
        ]);
        if (!answer) {
            return this.refuse({code: REFUSAL.OFFLINE_REFUND});
        }
        if (answer.code) {
            return this.refuse(answer);
        }
        line.meal_student_ref = answer.student_id;
        return true;
    }
}
