import {browser} from "@web/core/browser/browser";
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

    isAccount(line) {
        return line.payment_method_id.use_payment_terminal === "school_account";
    }

    /** A payment of this till is under way: who taps now is served after it. */
    get isAsking() {
        return this.state.busy || this.attempts.size > 0;
    }

    /** Kopecks the student can spend here and now. */
    spendable(student) {
        return this.server.isSilent
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

    /** Kopecks of the order that this payment line has to cover. */
    dueOf(line) {
        const order = line.pos_order_id;
        const others = order.payment_ids.filter(
            (other) => other !== line && other.isDone() && !other.is_change
        );
        return others.reduce(
            (left, other) => left - toKopecks(other.getAmount()),
            toKopecks(order.totalDue)
        );
    }

    /** One press: account → paid. The payment line goes away when the answer is no. */
    async pay() {
        const order = this.pos.getOrder();
        if (this.isAsking || !this.state.student || !this.canPay) {
            return false;
        }
        this.state.busy = true;
        let isPaid = false;
        try {
            isPaid = await this._pay(order);
        } finally {
            this.state.busy = false;
            this._serveNext(isPaid);
        }
        return isPaid;
    }

    async _pay(order) {
        this._dropUnfinished(order);
        if (order.payment_ids.length && order.isPaid()) {
            return this.finish(order);
        }
        const added = order.addPaymentline(this.method);
        if (!added.status) {
            return this.refuse({code: "pos", message: added.data});
        }
        const line = added.data;
        if (!(await line.pay())) {
            this._remove(line);
            return false;
        }
        if (this.dueOf(line) !== toKopecks(line.amount)) {
            await this._undo(line);
            return this.refuse({code: REFUSAL.CART_CHANGED});
        }
        return this.finish(order);
    }

    /** Lines that are neither paid nor under way would block the order. */
    _dropUnfinished(order) {
        for (const line of [...order.payment_ids]) {
            if (
                this.isAccount(line) &&
                line.payment_status !== "done" &&
                !this.attempts.has(line.uuid)
            ) {
                this._remove(line);
            }
        }
    }

    _remove(line) {
        const order = line.pos_order_id;
        if (order && !order.finalized) {
            order.removePaymentline(line);
        }
    }

    async _undo(line) {
        const {uuid, meal_student_ref: studentId} = line;
        this._remove(line);
        await this._release(uuid, studentId);
    }

    /** What a power cut or a reload left half done: nothing was given out, all goes back. */
    undoInterrupted() {
        for (const order of this.pos.models["pos.order"].filter((o) => !o.finalized)) {
            for (const line of [...order.payment_ids].filter((l) =>
                this.isAccount(l)
            )) {
                this._undo(line);
            }
        }
    }

    /** Validate a fully paid order without leaving the counter. */
    async finish(order) {
        if (!order.isPaid()) {
            return false;
        }
        const fromAccount = order.payment_ids.filter(
            (line) => this.isAccount(line) && line.isDone()
        );
        const paid = fromAccount.reduce((sum, {amount}) => sum + toKopecks(amount), 0);
        if (paid > toKopecks(order.totalDue)) {
            for (const line of fromAccount) {
                await this._undo(line);
            }
            return this.refuse({code: REFUSAL.CART_CHANGED});
        }
        const validation = new SchoolOrderValidation({
            pos: this.pos,
            orderUuid: order.uuid,
        });
        return (await validation.validateOrder(false)) && order.state === "paid";
    }

    /**
     * Ask for the amount of a payment line; called by the payment interface.
     *
     * @returns {Promise<boolean>}
     */
    async authorise(line, student) {
        const {uuid} = line;
        const attempt = {isCancelled: false, isSoldOffline: false};
        attempt.done = this._authorise(line, student, attempt).finally(() => {
            this.attempts.delete(uuid);
            this.nextTap = this.state.busy ? this.nextTap : null;
        });
        this.attempts.set(uuid, attempt);
        return attempt.done;
    }

    async _authorise(line, student, attempt) {
        const {uuid} = line;
        // Never more than the order costs: the rest would leave the till as change in cash.
        const due = this.dueOf(line);
        if (toKopecks(line.amount) > due) {
            line.setAmount(toRoubles(Math.max(due, 0)));
        }
        const card = this.state.card;
        const sale = {
            student,
            card,
            lines: this.saleLines(line.pos_order_id),
            amount: toKopecks(line.amount),
            allergensConfirmed: this.state.allergensConfirmed,
            soldOffline: null,
        };
        const refusal = refusalOf(sale);
        if (refusal) {
            return this.refuse(refusal);
        }
        this._stamp(line, student);
        const answer = await this.server.ask(
            "school_authorise",
            [this._request(line, sale)],
            {onLate: (late) => this._onLateAnswer(uuid, attempt, late)}
        );
        if (attempt.isCancelled) {
            return false; // whoever cancelled gives the hold back
        }
        if (answer?.code) {
            this._takeNews(student.id, card, answer);
            return this.refuse(answer);
        }
        if (answer) {
            this._takeNews(student.id, card, answer, sale.amount);
            return true;
        }
        attempt.isSoldOffline = this.sellOffline(line, sale);
        if (!attempt.isSoldOffline) {
            this.holds.release(uuid); // the question may have arrived all the same
        }
        return attempt.isSoldOffline;
    }

    /** Too late: the order of a sale without network takes the hold, else nobody does. */
    _onLateAnswer(uuid, attempt, answer) {
        if (!answer?.code && (attempt.isCancelled || !attempt.isSoldOffline)) {
            this.holds.release(uuid);
        }
    }

    _request(line, sale) {
        return {
            uuid: line.uuid,
            student_id: sale.student.id,
            card_id: sale.card?.id || null,
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

    _takeNews(studentId, card, {available, card_state: cardState}, spent = 0) {
        if (Number.isInteger(available)) {
            this.roster.setAvailable(studentId, available, {spent});
        }
        if (cardState && card) {
            this.roster.setCardState(card.id, cardState);
        }
        this._refreshShown();
    }

    /** No server: sell what the school lends for such an hour, and write it down first. */
    sellOffline(line, sale) {
        const {id} = sale.student;
        const sittingStart = Date.now() - this.roster.sittingMinutes * 60_000;
        const refusal = refusalOf({
            ...sale,
            student: this.roster.today(sale.student),
            soldOffline: this.book.sold(id),
            soldToday: this.book.soldToday(id),
            soldSitting: this.book.sold(id, sittingStart),
        });
        if (refusal) {
            return this.refuse(refusal);
        }
        line.meal_is_offline = true;
        line.meal_data_at = luxon.DateTime.fromMillis(this.roster.readAt || 0);
        this.book.add(line.uuid, id, sale.amount);
        return true;
    }

    /** Give a payment back, also one that is still being asked for. */
    async release(line) {
        const {uuid, meal_student_ref: studentId} = line;
        const attempt = this.attempts.get(uuid);
        if (attempt) {
            attempt.isCancelled = true;
            await attempt.done;
            // Core still writes the answer on the line, which is removed after this.
            await new Promise((resolve) => browser.setTimeout(resolve));
        }
        await this._release(uuid, studentId);
        return true;
    }

    async _release(uuid, studentId) {
        this.book.remove(uuid);
        if (!studentId) {
            return; // nobody has been asked for anything
        }
        const answer = await this.holds.release(uuid);
        if (Number.isInteger(answer?.available)) {
            this._takeNews(studentId, null, answer);
            this.refresh({students: [studentId]});
        }
    }

    /** Cash that came in for the sold order and has not gone back, in kopecks. */
    _cashLeft(order) {
        const sold = order.lines[0]?.refunded_orderline_id?.order_id;
        const others = (sold?.payment_ids || []).filter(
            (line) => !this.isAccount(line)
        );
        return {
            hasAccount: Boolean(sold?.payment_ids.some((line) => this.isAccount(line))),
            cash: others.reduce((sum, {amount}) => sum + toKopecks(amount), 0),
        };
    }

    /** Money of an account goes back to the account, never out of the drawer. */
    mayRefund(order) {
        const {hasAccount, cash} = this._cashLeft(order);
        const out = order.payment_ids
            .filter((line) => !this.isAccount(line) && line.isDone())
            .reduce((sum, {amount}) => sum - toKopecks(amount), 0);
        return !hasAccount || out <= cash || this.refuse({code: REFUSAL.CASH_REFUND});
    }

    /** A refund is checked on the server now and credited with the order. */
    async authoriseRefund(line) {
        const [first] = line.pos_order_id.lines;
        const original = first?.refunded_orderline_id?.order_id?.uuid;
        const amount = toKopecks(-line.amount);
        line.meal_occurred_at = luxon.DateTime.now();
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
