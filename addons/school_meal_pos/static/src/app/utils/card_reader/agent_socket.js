import {browser} from "@web/core/browser/browser";

/** Waiting times (ms) between attempts: soon after a hiccup, rarely when no agent runs here. */
const FIRST_RETRY = 1000;
const LAST_RETRY = 30_000;

const LONGEST_TEXT = 256;

/**
 * Cards from a program on this computer, for readers that do not type like a keyboard.
 *
 * The program listens on a port of 127.0.0.1 and sends one JSON object per message:
 * `{"type": "card", "text": "BCD14264"}` when a card is held to the reader, with the same text
 * that a keyboard reader would type, and `{"type": "removed"}` when it is taken away. Whatever
 * else it sends is ignored. Nothing is sent to it. That the program is the right one (its check
 * of the page's origin, the pairing) comes with the program itself.
 */
export class AgentSocket {
    /**
     * @param {number} port on 127.0.0.1
     * @param {Object} on
     * @param {function(string)} on.card
     * @param {function()} [on.removed]
     * @param {function(boolean)} [on.connected] whether there is a connection now
     */
    constructor(port, on) {
        this.url = `ws://127.0.0.1:${port}`;
        this.on = on;
        this.retryAfter = FIRST_RETRY;
        this.isStopped = false;
    }

    start() {
        const socket = new WebSocket(this.url);
        this.socket = socket;
        socket.addEventListener("open", () => {
            this.retryAfter = FIRST_RETRY;
            this.on.connected?.(true);
        });
        socket.addEventListener("message", ({data}) => this._onMessage(data));
        socket.addEventListener("close", () => this._onClose());
    }

    stop() {
        this.isStopped = true;
        browser.clearTimeout(this.timer);
        this.socket?.close();
    }

    _onClose() {
        this.on.connected?.(false);
        if (!this.isStopped) {
            this.timer = browser.setTimeout(() => this.start(), this.retryAfter);
            this.retryAfter = Math.min(this.retryAfter * 2, LAST_RETRY);
        }
    }

    _onMessage(data) {
        const message = readMessage(data);
        if (message?.type === "card") {
            this.on.card(message.text);
        } else if (message?.type === "removed") {
            this.on.removed?.();
        }
    }
}

/** A message of the agent, null when it is not one. */
export function readMessage(data) {
    let message = null;
    try {
        message = JSON.parse(data);
    } catch {
        return null;
    }
    if (message?.type === "card") {
        const {text} = message;
        const isText = typeof text === "string" && text && text.length <= LONGEST_TEXT;
        return isText ? {type: "card", text} : null;
    }
    return message?.type === "removed" ? {type: "removed"} : null;
}
