import {browser} from "@web/core/browser/browser";
import {ConnectionLostError, RPCError} from "@web/core/network/rpc";

/** An answer later than this (ms) is no answer: the queue does not wait. */
const ANSWER_TIMEOUT = 4000;

/** Questions of the till to its session on the server. */
export class ServerLine {
    constructor(pos) {
        this.pos = pos;
    }

    /**
     * Call a method of pos.session. Returns null when the server cannot be reached in
     * time, {code, message} when it refuses with an error.
     */
    async ask(method, args) {
        if (this.pos.data.network.offline) {
            return null;
        }
        try {
            const call = this.pos.data.orm.silent.call("pos.session", method, [
                [this.pos.session.id],
                ...args,
            ]);
            return await Promise.race([call, lateAnswer(call)]);
        } catch (error) {
            if (error instanceof RPCError) {
                const message = error.data?.message || error.message;
                return {code: "server", message, rows: []};
            }
            if (!(error instanceof ConnectionLostError)) {
                console.warn("No answer of the server", error);
            }
            this.pos.data.checkConnectivity();
            return null;
        }
    }
}

function lateAnswer(call) {
    // The late answer itself must not surface as an unhandled error.
    call.catch(() => {});
    return new Promise((_resolve, reject) =>
        browser.setTimeout(() => reject(new ConnectionLostError()), ANSWER_TIMEOUT)
    );
}
