import {currentOf} from "./view";

const RETRY = [2000, 5000, 15000, 30000];
const SETTLE_MS = 500; // of a thumb that is still moving
const BATCH = 300;

export class SignedOut extends Error {}
export class Refused extends Error {}

/** Call a JSON route. Throws TypeError without network, as fetch does. */
export async function call(url, params) {
    const response = await window.fetch(url, {
        method: "POST",
        headers: {"Content-Type": "application/json"},
        body: JSON.stringify({jsonrpc: "2.0", method: "call", params}),
    });
    if (!response.ok && !response.headers.get("Content-Type")?.includes("json")) {
        throw new TypeError(`HTTP ${response.status}`); // a proxy: try again later
    }
    const answer = await response.json();
    if (answer.error?.code === 100) {
        throw new SignedOut();
    }
    if (answer.error) {
        throw new Refused(answer.error.data?.message || answer.error.message);
    }
    return answer.result;
}

/** Sends what waits in the queue, and asks what others have changed. */
export class Sync {
    constructor(classId, queue, {onScreen, onState}) {
        Object.assign(this, {classId, queue, onScreen, onState});
        this.failures = 0;
        this.state = {kind: "idle"};
        window.addEventListener("online", () => this.schedule(0));
        document.addEventListener("visibilitychange", () => this.onVisible());
        window.setInterval(() => this.refresh(), 60000);
    }

    setState(kind, message = "") {
        this.state = {kind, message};
        this.onState();
    }

    schedule(delay = SETTLE_MS) {
        window.clearTimeout(this.timer);
        this.timer = window.setTimeout(() => this.send(), delay);
    }

    onVisible() {
        if (document.visibilityState === "hidden") {
            this.send(); // the phone goes into a pocket
        } else {
            this.schedule(0);
            this.refresh();
        }
    }

    async send() {
        if (this.isSending) {
            this.isAskedAgain = true;
            return;
        }
        this.isSending = true;
        this.isAskedAgain = false;
        let batch = this.queue.take(BATCH);
        try {
            while (batch.length) {
                this.setState("saving");
                await this.sendBatch(batch);
                batch = this.queue.take(BATCH);
            }
            this.failures = 0;
            this.setState("idle");
        } catch (error) {
            this.fail(error);
        } finally {
            this.isSending = false;
        }
        if (this.isAskedAgain) {
            this.schedule();
        }
    }

    async sendBatch(batch) {
        const {results, screen} = await call("/school_meal/class/run", {
            class_id: this.classId,
            commands: batch.map(
                ({uuid, kind, date, student, meal, value, seen, reason, at}) => {
                    return {uuid, kind, date, student, meal, value, seen, reason, at};
                }
            ),
        });
        this.queue.settle(batch, results, (command) => currentOf(screen, command));
        this.onScreen(screen);
    }

    async refresh() {
        if (this.isSending || document.hidden || this.queue.pending().length) {
            return;
        }
        try {
            const params = {class_id: this.classId};
            const screen = await call("/school_meal/class/data", params);
            if (!this.isSending && !this.queue.pending().length) {
                this.onScreen(screen);
                this.setState("idle");
            }
        } catch (error) {
            this.fail(error);
        }
    }

    fail(error) {
        if (error instanceof SignedOut) {
            this.setState("signedOut");
        } else if (error instanceof Refused) {
            this.setState("failed", error.message);
            this.schedule(RETRY.at(-1)); // it may have been a passing trouble
        } else {
            this.setState("offline");
            const delay = RETRY[Math.min(this.failures++, RETRY.length - 1)];
            this.schedule(delay);
        }
    }
}
