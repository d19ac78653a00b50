/** Calls of the server: by the tablet's token, or by the session when it is paired. */

const TIMEOUT_MS = 20_000;
/** An answer that took longer says nothing about the time. */
const SLOW_MS = 10_000;
const ROOT = "/school_meal/v1/serve/";
const PHOTOS = "serving-photos";

/** The server answered, and the answer is a refusal. */
export class Refused extends Error {
    constructor(status, answer) {
        super((answer && answer.message) || `HTTP ${status}`);
        this.status = status;
    }
}

export class Server {
    constructor() {
        this.token = null;
        this.isOnline = false;
        this.lastContact = 0;
        /** By how much the clock of the server is ahead, in ms; null: not known yet. */
        this.clockOffset = null;
    }

    /** The moment by the clock of the server, so far as it is known. */
    now() {
        return Date.now() + (this.clockOffset || 0);
    }

    /** The answer of the server told its time; half of the way was the way back. */
    setClock(text, sentAt) {
        const way = Date.now() - sentAt;
        if (way >= 0 && way < SLOW_MS) {
            this.clockOffset = Date.parse(text) - sentAt - way / 2;
        }
    }

    /**
     * @param {"events"|"day"|"find"} path
     * @throws {Refused} the server refuses; any other error: it cannot be reached
     */
    async call(path, body) {
        let response = null;
        const sentAt = Date.now();
        try {
            response = await fetch(ROOT + path, {
                method: "POST",
                headers: {
                    "Content-Type": "application/json",
                    Authorization: `Device ${this.token}`,
                },
                body: JSON.stringify(body),
                signal: AbortSignal.timeout(TIMEOUT_MS),
            });
            if (response.status >= 500) {
                throw new Error(`HTTP ${response.status}`);
            }
        } catch (error) {
            this.isOnline = false;
            throw error;
        }
        const answer = await response.json().catch(() => null);
        if (!response.ok || answer === null) {
            this.isOnline = response.status !== 502;
            throw new Refused(response.status, answer);
        }
        this.isOnline = true;
        this.lastContact = Date.now();
        if (answer.now) {
            this.setClock(answer.now, sentAt);
        }
        return answer;
    }

    /** Call a route of the person who is signed in. */
    async ask(route, params = {}) {
        const response = await fetch(`/school_meal/serve/${route}`, {
            method: "POST",
            headers: {"Content-Type": "application/json"},
            body: JSON.stringify({jsonrpc: "2.0", method: "call", params}),
        });
        const answer = await response.json();
        if (answer.error) {
            const data = answer.error.data || {};
            throw new Refused(answer.error.code, {message: data.message});
        }
        return answer.result;
    }

    /** @returns {Promise<string|null>} address of the photo; kept for days offline */
    async photo(student, version) {
        if (!version) {
            return null;
        }
        const url = `${ROOT}photo/${student}?v=${version}`;
        const cache = await caches.open(PHOTOS);
        let response = await cache.match(url);
        if (!response) {
            try {
                response = await fetch(url, {
                    headers: {Authorization: `Device ${this.token}`},
                    signal: AbortSignal.timeout(TIMEOUT_MS),
                });
            } catch {
                return null;
            }
            if (!response.ok) {
                return null;
            }
            await cache.put(url, response.clone());
        }
        return URL.createObjectURL(await response.blob());
    }

    async hasPhoto(student, version) {
        const cache = await caches.open(PHOTOS);
        return Boolean(await cache.match(`${ROOT}photo/${student}?v=${version}`));
    }
}
