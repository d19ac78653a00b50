import {reactive} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {parseReaderText, REMOVED} from "@school_meal_base/device/reader_text";
import {ReaderAgent} from "@school_meal_base/device/reader_agent";
import {REFUSAL} from "@school_meal_pos/app/utils/sale_rules";
import {toKopecks, toRoubles} from "@school_meal_pos/app/utils/kopecks";
import {playTone} from "@school_meal_base/device/tones";
import {refusalSentence} from "@school_meal_pos/app/utils/refusal_sentence";
import {AccountSale} from "./account_sale";
import {HoldRelease} from "./hold_release";
import {OfflineBook} from "./offline_book";
import {OrderDelivery} from "./order_delivery";
import {OrderNumbers} from "./order_numbers";
import {ServerLine} from "./server_line";
import {TillRoster} from "./till_roster";

const REFRESH_EVERY = 60_000;
const FULL_REFRESH_EVERY = 15 * 60_000;
const AGENT_REFUSAL = {phone: REFUSAL.PHONE, unreadable: REFUSAL.UNREADABLE};
const FLASH_TIME = {yes: 1600, no: 4500};

/**
 * What a school's till adds to the POS: who stands at the counter, the cards of the school,
 * and the one action of the day: take the cart's total from the student's account.
 *
 * Created by the patched PosStore as `pos.schoolTill` when the configuration has a school.
 */
export class SchoolTill extends AccountSale {
    constructor(pos) {
        super();
        const key = `${odoo.info?.db}-${pos.config.id}`;
        this.pos = pos;
        this.roster = new TillRoster(`school_till_roster-${key}`);
        this.roster.restore();
        this.book = new OfflineBook(`school_till_offline-${key}`);
        this.lastFull = 0;
        this.waiting = null;
        this.nextTap = null;
        this.attempts = new Map();
        this.server = new ServerLine(pos);
        this.holds = new HoldRelease(`school_till_holds-${key}`, this.server);
        this.numbers = new OrderNumbers(
            `school_till_number-${key}`,
            pos.data.device.identifier
        );
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
            agent: null, // null: no reader agent is set, else its status
            agentReaders: 0,
        });
        this.delivery = new OrderDelivery(pos, this.state, this.server);
    }

    // --- Life ---

    /** Nobody waits for the server here: the till sells from what it has. */
    start() {
        this.book.rebuild(this._undeliveredSales());
        this._raiseNumbers();
        this.undoInterrupted();
        this._showAge();
        this.delivery.count();
        this.pos.data.connectWebSocket("SCHOOL_ROSTER", (news) => this.onNews(news));
        window.addEventListener("pos-network-online", () => this.onOnline());
        browser.setInterval(() => this.tick(), REFRESH_EVERY);
        this._startAgent();
        this.onOnline();
    }

    async tick() {
        await this.holds.flush();
        await this.deliver();
        await this.refresh({full: Date.now() - this.lastFull > FULL_REFRESH_EVERY});
    }

    async onOnline() {
        await this.holds.flush();
        await this.deliver();
        await this.refresh({full: true});
    }

    /** A program on this computer that reads cards; most tills have a keyboard reader. */
    _startAgent() {
        const port = this.pos.config.school_agent_port;
        if (!port) {
            return;
        }
        this.state.agent = "searching";
        this.agent = new ReaderAgent(port, {
            card: (text) => this.onAgentCard(text),
            refused: (reason) => this.refuse({code: AGENT_REFUSAL[reason]}),
            changed: ({status, readers}) => {
                this.state.agent = status;
                this.state.agentReaders = readers.length;
            },
        });
        this.agent.start();
    }

    /** The agent sends cards only: what is none is said so. */
    async onAgentCard(text) {
        if (!(await this.onReaderText(text))) {
            this.refuse({code: REFUSAL.UNKNOWN_CARD});
        }
    }

    /** Sales without network as the orders on this till say. */
    _undeliveredSales() {
        const lines = this.delivery.waiting.flatMap((order) => order.payment_ids);
        return lines
            .filter((line) => line.meal_is_offline && line.amount > 0)
            .map((line) => ({
                uuid: line.uuid,
                student: line.meal_student_ref,
                amount: toKopecks(line.amount),
                at: line.meal_occurred_at?.toMillis?.() || Date.now(),
            }));
    }

    _raiseNumbers() {
        for (const order of this.pos.models["pos.order"].getAll()) {
            if (order.meal_till_device === this.numbers.device) {
                this.numbers.raise(order.meal_till_number);
            }
        }
    }

    // --- Roster ---

    /** Read the roster, or what changed in it. Never throws: the till has what it has. */
    async refresh({full = false, students = null} = {}) {
        const askedAt = Date.now();
        const since = full || students ? null : this.roster.version;
        // The regular refresh tells it; the small ones between would only get in its way.
        const device = students ? null : [this.numbers.device, this.numbers.last];
        const answer = await this.server.ask("school_roster", [
            since,
            students,
            device,
        ]);
        if (!answer || answer.code) {
            return false;
        }
        this.numbers.raise(answer.number);
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
        if (reading?.kind === REMOVED) {
            return true; // nothing to do, and nothing for core to look up
        }
        if (!reading || this.isProductBarcode(text)) {
            return false;
        }
        if (this.isAsking) {
            this.nextTap = text;
            return true;
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
        const askedAt = Date.now();
        const answer = await this.server.ask("school_find_card", [
            reading.uid,
            reading.keys,
        ]);
        if (answer?.rows?.length) {
            this.roster.apply({...answer, full: false, version: null}, askedAt);
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

    /** Who tapped during a payment is next, but never pays for a cart that is not theirs. */
    _serveNext(isPaid) {
        const text = this.nextTap;
        this.nextTap = null;
        if (text && isPaid) {
            this.onReaderText(text);
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

    // --- Delivery of orders ---

    /** Send what has not arrived; resolves with how many orders are still here. */
    deliver() {
        return this.delivery.deliver();
    }

    /** The last way out for orders that the server refuses: a file for the administrator. */
    exportUndelivered() {
        const orders = this.delivery.waiting.map((order) =>
            order.serializeForORM({keepCommands: true})
        );
        const content = {till: this.pos.config.id, device: this.numbers.device, orders};
        const link = document.createElement("a");
        link.href = URL.createObjectURL(
            new Blob([JSON.stringify(content, null, 1)], {type: "application/json"})
        );
        link.download = `orders-${this.pos.config.id}-${Date.now()}.json`;
        link.click();
        browser.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
        return content;
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
