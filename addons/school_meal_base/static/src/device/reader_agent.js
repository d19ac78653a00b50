/**
 * Cards from the reader agent, a program on this computer (edge/docs/reader.md).
 *
 * A page is given the agent's code once and has a token since. The agent tells a card to
 * the page that said last that it is in front. No import: the module also runs in the
 * serving page.
 *
 * @typedef {"searching"|"blocked"|"pairing"|"connected"} Status searching: no agent
 *     answers; blocked: the browser forbids asking; pairing: the agent wants its code
 * @typedef {"wait"|"code"|"disk"|"closed"} Refusal why a code was not taken
 */

export const AGENT_PORT = 8970;

/** Waiting times between attempts: soon after a hiccup, rarely when no agent runs here. */
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
/** An agent that answers nothing for so long hangs. */
const PING_MS = 20_000;
const ANSWER_MS = 10_000;
const LONGEST_TEXT = 256;
const UID = /^(?:[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})$/;

export class ReaderAgent {
    /**
     * @param {number} port on 127.0.0.1
     * @param {Object} on
     * @param {function(string)} on.card what a reader that prints lines would print
     * @param {function("phone"|"unreadable")} [on.refused] there is a card, of no use
     * @param {function(ReaderAgent)} [on.changed] status or readers are others now
     */
    constructor(port, on) {
        this.port = port || AGENT_PORT;
        this.on = on;
        this.key = `school_reader_token-${this.port}`;
        /** @type {Status} */
        this.status = "searching";
        this.readers = [];
        this.retryAfter = FIRST_RETRY_MS;
        this.sayFront = () => !document.hidden && this._send("front");
    }

    /** The agent's own page, which shows the code. */
    get address() {
        return `http://127.0.0.1:${this.port}/`;
    }

    start() {
        this.isStopped = false;
        window.addEventListener("focus", this.sayFront);
        document.addEventListener("visibilitychange", this.sayFront);
        this._open();
    }

    stop() {
        this.isStopped = true;
        window.removeEventListener("focus", this.sayFront);
        document.removeEventListener("visibilitychange", this.sayFront);
        clearTimeout(this.retryTimer);
        this.socket?.close();
    }

    /**
     * Give the agent its code.
     *
     * @returns {Promise<{reason: Refusal, seconds?: number}|null>} null: paired
     */
    pair(code) {
        this._settlePairing({reason: "closed"});
        return new Promise((resolve) => {
            this.answerPairing = resolve;
            if (!this._send("pair", {code})) {
                this._settlePairing({reason: "closed"});
            }
        });
    }

    // --- Connection ---

    _open() {
        clearTimeout(this.retryTimer);
        const socket = new WebSocket(`ws://127.0.0.1:${this.port}/ws`);
        this.socket = socket;
        socket.addEventListener("message", ({data}) => this._onMessage(data));
        socket.addEventListener("close", () => this._onClose(socket));
    }

    _onClose(socket) {
        if (socket !== this.socket) {
            return;
        }
        this.socket = null;
        clearTimeout(this.pingTimer);
        this._settlePairing({reason: "closed"});
        this._showAbsence();
        if (!this.isStopped) {
            this.retryTimer = setTimeout(() => this._open(), this.retryAfter);
            this.retryAfter = Math.min(this.retryAfter * 2, LAST_RETRY_MS);
        }
    }

    async _showAbsence() {
        this._change(this.status === "blocked" ? "blocked" : "searching", []);
        const status = (await isForbidden()) ? "blocked" : "searching";
        if (this.socket?.readyState !== WebSocket.OPEN) {
            this._change(status, []);
        }
    }

    _send(type, values = {}) {
        if (this.socket?.readyState !== WebSocket.OPEN) {
            return false;
        }
        this.socket.send(JSON.stringify({type, ...values}));
        return true;
    }

    /** Anything that comes is a sign of life; after a silence one is asked for. */
    _keepAlive() {
        const {socket} = this;
        clearTimeout(this.pingTimer);
        this.pingTimer = setTimeout(() => {
            this._send("ping");
            this.pingTimer = setTimeout(() => {
                socket.close(); // a hanging agent never confirms it
                this._onClose(socket);
            }, ANSWER_MS);
        }, PING_MS);
    }

    _change(status, readers = this.readers) {
        const isNew =
            status !== this.status || String(readers) !== String(this.readers);
        Object.assign(this, {status, readers});
        if (isNew) {
            this.on.changed?.(this);
        }
    }

    _settlePairing(answer) {
        const resolve = this.answerPairing;
        this.answerPairing = null;
        resolve?.(answer);
    }

    // --- Messages ---

    _onMessage(data) {
        const message = readMessage(data);
        this._keepAlive();
        switch (message?.type) {
            case "hello":
                return this._onHello();
            case "paired":
                localStorage.setItem(this.key, message.token);
                return this._settlePairing(null);
            case "refused":
                return this._onRefused(message);
            case "readers":
                return this._change("connected", message.readers);
            case "card":
                return message.isPhone
                    ? this.on.refused?.("phone")
                    : this.on.card(message.text);
            case "unreadable":
                return this.on.refused?.("unreadable");
        }
    }

    _onHello() {
        this.retryAfter = FIRST_RETRY_MS;
        const token = localStorage.getItem(this.key);
        if (token) {
            this._send("token", {token});
        } else {
            this._change("pairing");
        }
    }

    _onRefused({reason, seconds}) {
        if (reason === "token") {
            localStorage.removeItem(this.key);
            this._change("pairing", []);
        } else {
            this._settlePairing({reason, seconds});
        }
    }
}

/** Newer browsers let a page reach programs of this computer only if they are allowed. */
async function isForbidden() {
    for (const name of ["loopback-network", "local-network-access"]) {
        try {
            return (await navigator.permissions.query({name})).state === "denied";
        } catch {
            // this browser does not ask by that name
        }
    }
    return false;
}

/**
 * A message of the agent in the form the page works with, null when it is none.
 *
 * A UID becomes the line that IronLogic's readers print for it: what such a line says
 * does not depend on the settings of a reader.
 */
export function readMessage(data) {
    let message = null;
    try {
        message = JSON.parse(data);
    } catch {
        return null;
    }
    switch (message?.type) {
        case "card":
            return UID.test(message.uid)
                ? {
                      type: "card",
                      text: `Mifare[${bracketOf(message.uid)}]`,
                      isPhone: message.random === true,
                  }
                : null;
        case "text": {
            const {text} = message;
            const isText =
                typeof text === "string" && text && text.length <= LONGEST_TEXT;
            return isText ? {type: "card", text, isPhone: false} : null;
        }
        case "readers": {
            const list = Array.isArray(message.readers) ? message.readers : [];
            return {type: "readers", readers: list.map((item) => String(item?.name))};
        }
        case "paired":
            return typeof message.token === "string" ? message : null;
        case "hello":
        case "pong":
        case "refused":
        case "removed":
        case "unreadable":
            return message;
    }
    return null;
}

/** IronLogic prints 7-byte UIDs as UID3..UID6 UID0..UID2. */
function bracketOf(uid) {
    return uid.length === 14 ? uid.slice(6) + uid.slice(0, 6) : uid;
}
