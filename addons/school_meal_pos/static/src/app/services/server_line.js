import {browser} from "@web/core/browser/browser";
import {ConnectionLostError, RPCError} from "@web/core/network/rpc";

/** An answer later than this (ms) is no answer: the queue does not wait. */
export const ANSWER_TIMEOUT = 4000;

/** Errors of the server that are sentences for people. */
const SENTENCES = /^odoo\.exceptions\.|LedgerRefusal$/;

/** Questions of the till to its session on the server. */
export class ServerLine {
    constructor(pos) {
        this.pos = pos;
    }

    /** One state for all of the till: after the first silence nobody waits again. */
    get isSilent() {
        return this.pos.data.network.offline;
    }

    /**
     * Call a method of pos.session. Returns null when the server cannot be reached in
     * time, {code, message} when it refuses with an error.
     *
     * @param {Function} [onLate] called with an answer that came after the till went on
     */
    async ask(method, args, {onLate} = {}) {
        if (this.isSilent) {
            return null;
        }
        const call = this.pos.data.orm.silent.call("pos.session", method, [
            [this.pos.session.id],
            ...args,
        ]);
        try {
            return await inTime(call, ANSWER_TIMEOUT);
        } catch (error) {
            if (error instanceof RPCError) {
                return {code: "server", message: sentenceOf(error), rows: []};
            }
            if (!(error instanceof ConnectionLostError)) {
                console.warn("No answer of the server", error);
            }
            call.then(
                (answer) => onLate?.(answer),
                () => {}
            );
            this.fallSilent();
            return null;
        }
    }

    /** The server did not answer: off line at once, back when a ping is answered. */
    fallSilent() {
        this.pos.data.network.offline = true;
        this.pos.data.checkConnectivity();
    }
}

/** What a server's error says to a cashier; nothing when it was not written for people. */
export function sentenceOf(error) {
    return SENTENCES.test(error.data?.name || "") ? error.data.message : "";
}

/** A promise that breaks like a lost connection when it takes too long. */
export function inTime(promise, milliseconds) {
    // The late answer itself must not surface as an unhandled error.
    promise.catch(() => {});
    let timer = null;
    const late = new Promise((_resolve, reject) => {
        timer = browser.setTimeout(
            () => reject(new ConnectionLostError()),
            milliseconds
        );
    });
    return Promise.race([promise, late]).finally(() => browser.clearTimeout(timer));
}
