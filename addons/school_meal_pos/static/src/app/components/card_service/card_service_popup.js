import {Component, onMounted, onWillUnmount, useRef, useState} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";
import {RPCError} from "@web/core/network/rpc";
import {useService} from "@web/core/utils/hooks";
import {usePos} from "@point_of_sale/app/hooks/pos_hook";
import {
    isProductCode,
    parseReaderText,
    REMOVED,
} from "@school_meal_base/device/reader_text";
import {inTime, sentenceOf} from "@school_meal_pos/app/services/server_line";
import {toRoubles} from "@school_meal_pos/app/utils/kopecks";
import {CardSlip} from "./card_slip";

const MAX_FOUND = 6;

/** Nobody queues behind the card service: it may take longer than a sale (ms). */
const SERVICE_TIMEOUT = 10_000;

/**
 * Service of cards at the till: scan or search, then one big button.
 *
 * Everything happens on the server, so without network there is one sentence. A card held to the
 * reader comes here while the popup is open: it chooses the student, or is the blank card that
 * the student gets. A password goes from the answer to the printer and is kept nowhere.
 */
export class CardServicePopup extends Component {
    static template = "school_meal_pos.CardServicePopup";
    static components = {Dialog};
    static props = {
        close: Function,
        studentId: {type: Number, optional: true},
        reading: {type: Object, optional: true},
    };

    setup() {
        this.pos = usePos();
        this.till = this.pos.schoolTill;
        this.printer = useService("printer");
        this.search = useRef("search");
        this.network = useState(this.pos.data.network);
        this.local = useState({brokenPhoto: null});
        this.state = useState({
            step: "find", // find | show | confirm | blank
            query: "",
            subject: null, // answer of the server: {student, card, new_fee}
            action: null,
            busy: false,
            message: null, // {ok, text}
        });
        onMounted(() => {
            this.till.cardService = this;
            this.search.el?.blur(); // the dialog puts the cursor there: a card goes first
            this.start();
        });
        onWillUnmount(() => {
            this.till.cardService = null;
            forgetSlip();
        });
    }

    start() {
        const {studentId, reading} = this.props;
        if (reading) {
            return this.look({uid: reading.uid, keys: reading.keys});
        }
        if (studentId) {
            return this.look({student_id: studentId});
        }
    }

    // --- Finding ---

    /** @returns {Promise<boolean>} true when the text was a card */
    async onReaderText(text) {
        const reading = parseReaderText(text, this.till.roster.reader);
        if (!reading || reading.kind === REMOVED || this.state.busy) {
            return Boolean(reading);
        }
        if (this.state.step === "blank") {
            if (isProductCode(text, this.till.roster.reader)) {
                this.say(_t("This is the barcode of a product, not a card."), false);
                return true;
            }
            await this.bindBlank(reading);
        } else {
            await this.look({uid: reading.uid, keys: reading.keys});
        }
        return true;
    }

    /** Students of the school whose name or class begins with every word typed. */
    get found() {
        const words = this.state.query.toLowerCase().split(/\s+/).filter(Boolean);
        if (!words.length) {
            return [];
        }
        const found = [];
        for (const {row} of this.till.roster.rows.values()) {
            const parts = `${row.name} ${row.className || ""}`
                .toLowerCase()
                .split(/\s+/);
            if (words.every((word) => parts.some((part) => part.startsWith(word)))) {
                found.push(row);
            }
            if (found.length === MAX_FOUND) {
                break;
            }
        }
        return found;
    }

    /** A reader types into the search field too when the cursor stands there. */
    async onSearchKey(ev) {
        if (ev.key !== "Enter") {
            return;
        }
        if (await this.onReaderText(this.state.query)) {
            this.state.query = "";
        } else if (this.found.length === 1) {
            this.look({student_id: this.found[0].id});
        }
    }

    async look(request) {
        this.search.el?.blur(); // or the next card would be typed into the field
        const answer = await this.call("school_card_look", [request]);
        if (this.take(answer)) {
            this.state.query = "";
        }
    }

    // --- What is shown ---

    get student() {
        return this.state.subject?.student;
    }

    get card() {
        return this.state.subject?.card;
    }

    get photoUrl() {
        const photo = this.till.roster.get(this.student.id)?.photo;
        const url =
            photo && `/school_meal_pos/photo/${this.student.id}?unique=${photo}`;
        return url === this.local.brokenPhoto ? null : url;
    }

    onPhotoError() {
        this.local.brokenPhoto = this.photoUrl;
    }

    get initials() {
        return this.student.name
            .split(" ")
            .slice(0, 2)
            .map((word) => word[0])
            .join("");
    }

    get cardState() {
        if (!this.card) {
            return {text: _t("No card yet"), style: "secondary"};
        }
        const {state, has_number: hasNumber} = this.card;
        if (!hasNumber) {
            return {text: _t("Card is ordered, no number yet"), style: "secondary"};
        }
        return {
            made: {text: _t("Not activated yet"), style: "warning"},
            handed: {text: _t("Not activated yet"), style: "warning"},
            active: {text: _t("Card works"), style: "success"},
            blocked: {text: _t("Card is blocked"), style: "danger"},
            lost: {text: _t("Card is lost"), style: "danger"},
            replaced: {text: _t("Card was replaced by another one"), style: "danger"},
        }[state];
    }

    get can() {
        const {card} = this;
        const state = card?.has_number ? card.state : "none";
        return {
            // What the office blocked and lost cards are the operator's to unblock.
            activate: ["made", "handed"].includes(state) || card?.can_unblock,
            block: ["made", "handed", "active"].includes(state),
            reissue: !["none", "replaced"].includes(state),
            issue: state === "none",
        };
    }

    money(kopecks) {
        return this.env.utils.formatCurrency(toRoubles(kopecks));
    }

    get feeText() {
        return this.card?.fee
            ? _t("%s from the account", this.money(this.card.fee))
            : _t("free of charge");
    }

    get newFeeText() {
        const fee = this.state.subject.new_fee;
        return fee
            ? _t("The new card costs %s, taken from the account.", this.money(fee))
            : _t("The new card is free of charge.");
    }

    /** The question before something that cannot be taken back by the child. */
    get question() {
        switch (this.state.action) {
            case "activate":
                return this.card.fee
                    ? _t(
                          "Activate the card? %s will be taken from the account.",
                          this.money(this.card.fee)
                      )
                    : _t("Let the card work again?");
            case "block":
                return _t(
                    "Block the card? Nobody can pay with it from this moment on."
                );
            case "password":
                return _t(
                    "Print a new temporary password? The old password of the student stops working."
                );
        }
        return "";
    }

    ask(action) {
        Object.assign(this.state, {step: "confirm", action, message: null});
    }

    askBlank() {
        Object.assign(this.state, {step: "blank", action: "issue", message: null});
    }

    back() {
        Object.assign(this.state, {
            step: this.state.subject ? "show" : "find",
            action: null,
            message: null,
        });
    }

    another() {
        Object.assign(this.state, {
            step: "find",
            subject: null,
            action: null,
            message: null,
        });
    }

    // --- Doing ---

    async confirm() {
        const {action} = this.state;
        if (action === "password") {
            return this.printPassword();
        }
        const done =
            action === "block" ? _t("The card is blocked.") : _t("The card works now.");
        const answer = await this.call(`school_card_${action}`, [this.card.id]);
        this.take(answer, done);
    }

    async bindBlank(reading) {
        if (!reading.uid) {
            this.say(
                _t(
                    "This reader shows only a short number: a new card needs the full one."
                ),
                false
            );
            return;
        }
        await this.issue(reading.uid, _t("The new card works now."));
    }

    async issue(uid, done) {
        const card = this.card?.state === "replaced" ? null : this.card;
        const answer = await this.call("school_card_issue", [
            this.student.id,
            card?.id || null,
            uid,
        ]);
        // What went wrong is often the blank card itself: wait for another one.
        this.take(answer, done, {stay: Boolean(uid)});
    }

    order() {
        return this.issue(null, _t("The new card is ordered."));
    }

    async printBalance() {
        const slip = await this.call("school_card_balance", [this.student.id]);
        if (this.isRefused(slip)) {
            return;
        }
        await this.print({kind: "balance", slip, balance: this.money(slip.balance)});
    }

    async printPassword() {
        const slip = await this.call("school_card_password", [this.student.id]);
        this.back();
        if (this.isRefused(slip)) {
            return;
        }
        await this.print({kind: "password", slip});
    }

    async print(props) {
        const hasPrinter = this.printer.is();
        if (!hasPrinter) {
            browser.addEventListener("afterprint", forgetSlip, {once: true});
        }
        try {
            // Core says nothing of the browser's own print dialog: it may have been cancelled.
            await this.printer.print(CardSlip, props, {webPrintFallback: true});
            this.say(
                hasPrinter
                    ? _t("The slip is printed.")
                    : _t("The slip went to the print dialog of the browser."),
                true
            );
        } catch (error) {
            console.warn("The slip could not be printed", error);
            forgetSlip();
            this.say(
                props.kind === "password"
                    ? _t(
                          "The slip was not printed, and the old password does not work any" +
                              " more. See to the printer and print a new password."
                      )
                    : _t("The slip was not printed. See to the printer and try again."),
                false
            );
        }
        if (hasPrinter) {
            forgetSlip();
        }
    }

    // --- Server ---

    /** Take over how the student's cards are now, or say why not. */
    take(answer, done, {stay = false} = {}) {
        if (this.isRefused(answer)) {
            if (this.state.subject && !stay) {
                this.state.step = "show";
            }
            return false;
        }
        Object.assign(this.state, {subject: answer, step: "show", action: null});
        if (done) {
            this.say(done, true);
            // The till learns it by the bus too; the child stands here now.
            this.till.refresh({students: [answer.student.id]});
        }
        return true;
    }

    isRefused(answer) {
        if (answer.code) {
            this.say(answer.message, false);
        }
        return Boolean(answer.code);
    }

    say(text, ok) {
        this.state.message = {text, ok};
    }

    /** Answer of the server; {code, message} when it refuses or is not there. */
    async call(method, args) {
        if (this.network.offline) {
            return {
                code: "offline",
                message: _t("Card service needs the network: try again later."),
            };
        }
        Object.assign(this.state, {busy: true, message: null});
        try {
            const call = this.pos.data.orm.silent.call("pos.session", method, [
                [this.pos.session.id],
                ...args,
            ]);
            return await inTime(call, SERVICE_TIMEOUT);
        } catch (error) {
            if (error instanceof RPCError) {
                const message =
                    sentenceOf(error) ||
                    _t("The server could not do this: tell the administrator.");
                return {code: "server", message};
            }
            this.till.server.fallSilent();
            return {
                code: "offline",
                message: _t(
                    "The server did not answer. Try again when the network is back: nothing is" +
                        " taken twice."
                ),
            };
        } finally {
            this.state.busy = false;
        }
    }
}

/** Core leaves the last receipt in the page; a password must not stay there. */
function forgetSlip() {
    for (const slip of document.querySelectorAll(".render-container .o_school_slip")) {
        slip.remove();
    }
}
