import {reactive} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {_t} from "@web/core/l10n/translation";
import {parseReaderText} from "@school_meal_pos/app/utils/card_reader/reader_text";
import {
    allergensInCart,
    offlineAllowance,
    refusalOf,
    REFUSAL,
} from "@school_meal_pos/app/utils/sale_rules";
import {toKopecks, toRoubles} from "@school_meal_pos/app/utils/kopecks";
import {playTone} from "@school_meal_pos/app/utils/tones";
import {SchoolOrderValidation} from "@school_meal_pos/app/utils/school_order_validation";
import {refusalSentence} from "@school_meal_pos/app/utils/refusal_sentence";
import {OfflineBook} from "./offline_book";
import {OrderDelivery} from "./order_delivery";
import {ServerLine} from "./server_line";
import {TillRoster} from "./till_roster";

const REFRESH_EVERY = 60_000;
const FULL_REFRESH_EVERY = 15 * 60_000;
const FLASH_TIME = {yes: 1600, no: 4500};

/**
 * What a school's till adds to the POS: who stands at the counter, the cards of the school,
 * and the one action of the day: take the cart's total from the student's account.
 *
 * Created by the patched PosStore as `pos.schoolTill` when the configuration has a school.
 */
export class SchoolTill {
    constructor(pos) {
        const key = `${odoo.info?.db}-${pos.config.id}`;
        this.pos = pos;
        this.roster = new TillRoster(`school_till_roster-${key}`);
        this.book = new OfflineBook(`school_till_offline-${key}`);
        this.lastFull = 0;
        this.waiting = null;
        this.server = new ServerLine(pos);
        this.state = reactive({
            student: null,
            card: null,
            allergensConfirmed: false,
            busy: false,
            waitingCard: false,
            flash: null,
            readAt: null,
            students: 0,
            undelivered: 0,
            refusedBy: "",
        });
        this.delivery = new OrderDelivery(pos, this.state);
    }

    // --- Life ---

    async start() {
        this.roster.restore();
        this._showAge();
        this.pos.data.connectWebSocket("SCHOOL_ROSTER", (news) => this.onNews(news));
        window.addEventListener("pos-network-online", () => this.onOnline());
        browser.setInterval(() => this.tick(), REFRESH_EVERY);
        await this.deliver();
        await this.refresh({full: true});
    }

    async tick() {
        await this.deliver();
        await this.refresh({full: Date.now() - this.lastFull > FULL_REFRESH_EVERY});
    }

    async onOnline() {
        await this.deliver();
        await this.refresh({full: true});
    }

    // --- Roster ---

    /** Read the roster, or what changed in it. Never throws: the till has what it has. */
    async refresh({full = false, students = null} = {}) {
        const askedAt = Date.now();
        const since = full || students ? null : this.roster.version;
        const answer = await this.server.ask("school_roster", [since, students]);
        if (!answer) {
            return false;
        }
        this.roster.apply(answer, askedAt);
        this.book.settle(
            answer.full ? [...this.roster.rows.keys()] : answer.rows.map(([id]) => id),
            askedAt
        );
        this.lastFull = answer.full ? askedAt : this.lastFull;
        this._showAge();
        this._refreshShown();
        return true;
    }

    /** The server pushed: cards that changed state, students whose rows changed. */
    onNews({cards = [], students = [], all = false}) {
        for (const [cardId, state] of cards) {
            this.roster.setCardState(cardId, state);
        }
        this._refreshShown();
        if (all || students.length) {
            this.refresh(all ? {full: true} : {students});
        }
    }

    _showAge() {
        this.state.readAt = this.roster.readAt;
        this.state.students = this.roster.size;
    }

    /** The panel shows the row of the roster as it is now. */
    _refreshShown() {
        const {student, card} = this.state;
        const row = student && this.roster.get(student.id);
        if (row) {
            this.state.student = {...row};
            this.state.card = card && row.cards.find(({id}) => id === card.id);
        }
    }

    // --- Cards ---

    /**
     * A reader typed or sent a text.
     *
     * @returns {Promise<boolean>} true when it was a card and has been dealt with
     */
    async onReaderText(text) {
        const reading = parseReaderText(text, this.roster.reader);
        if (!reading || this.isProductBarcode(text)) {
            return false;
        }
        let found = this.roster.find(reading);
        if (!found) {
            found = await this.findOnline(reading);
        }
        if (!found && /^[0-9]+$/.test(text)) {
            return false; // digits of a product we do not know: core says so
        }
        await this.present(found);
        return true;
    }

    isProductBarcode(text) {
        return Boolean(this.pos.models["product.product"].getBy("barcode", text));
    }

    /** A card given out after the last refresh. */
    async findOnline(reading) {
        const answer = await this.server.ask("school_find_card", [
            reading.uid,
            reading.keys,
        ]);
        if (answer?.rows?.length) {
            this.roster.apply({...answer, full: false, version: null}, null);
            return this.roster.find(reading);
        }
        return null;
    }

    /** Show who tapped; pay at once where the till is set so. */
    async present(found) {
        if (!found || found === "ambiguous") {
            this.clear();
            this.refuse({code: found ? REFUSAL.AMBIGUOUS : REFUSAL.UNKNOWN_CARD});
            return;
        }
        const {student, card} = found;
        Object.assign(this.state, {
            student: {...student},
            card,
            allergensConfirmed: false,
            flash: null,
        });
        if (card && card.state !== "active") {
            this.stopWaiting(null);
            this.refuse({code: REFUSAL.CARD_BLOCKED});
            return;
        }
        if (this.waiting) {
            this.stopWaiting(student);
        } else if (this.pos.config.school_pay_on_tap && this.canPay) {
            await this.pay();
        }
    }

    clear() {
        Object.assign(this.state, {
            student: null,
            card: null,
            allergensConfirmed: false,
        });
    }

    /** Resolves with the student who taps next, or null when the cashier cancels. */
    waitForCard() {
        this.stopWaiting(null);
        this.state.waitingCard = true;
        const {promise, resolve} = Promise.withResolvers();
        this.waiting = resolve;
        return promise;
    }

    stopWaiting(student) {
        const resolve = this.waiting;
        this.waiting = null;
        this.state.waitingCard = false;
        resolve?.(student);
    }

    // --- The sale ---

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

    // --- Delivery of orders ---

    /** Send what has not arrived; resolves with how many orders are still here. */
    deliver() {
        return this.delivery.deliver();
    }

    /** Called by the store with what the server has acknowledged. */
    onDelivered(orders) {
        const payments = orders
            .filter((order) => order.state !== "draft")
            .flatMap((order) => order.payment_ids);
        this.book.markDelivered(
            payments.map(({uuid}) => uuid),
            Date.now()
        );
        this.delivery.count();
        // What the tap's answer could not tell: refunds and what was sold without network.
        const moved = payments.filter(
            (line) => line.meal_is_offline || line.amount < 0
        );
        const students = moved.map((line) => line.meal_student_ref).filter(Boolean);
        if (students.length) {
            this.refresh({students: [...new Set(students)]});
        }
    }

    // --- Yes and no ---

    accept({amount, student, offline}) {
        playTone("yes");
        this._flash({
            kind: "yes",
            amount: toRoubles(amount),
            name: student?.name || "",
            left: student ? toRoubles(Math.max(student.available, 0)) : null,
            offline,
        });
    }

    /** @returns {false} so that callers can `return this.refuse(…)` */
    refuse(refusal) {
        playTone("no");
        this._flash({
            kind: "no",
            code: refusal.code,
            message: refusalSentence(refusal, this),
        });
        return false;
    }

    _flash(flash) {
        this.state.flash = flash;
        browser.clearTimeout(this.flashTimer);
        this.flashTimer = browser.setTimeout(
            () => this.closeFlash(),
            FLASH_TIME[flash.kind]
        );
    }

    closeFlash() {
        this.state.flash = null;
    }
}
