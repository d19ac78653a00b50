/** Events on their way to the server: kept first, sent when there is a network. */

import * as store from "./store.js";
import {Refused} from "./server.js";

const BATCH = 500;
const RETRY_MS = [1_000, 3_000, 10_000, 20_000];

export class Queue {
    /**
     * @param {import("./server.js").Server} server
     * @param {() => void} onChange
     */
    constructor(server, onChange) {
        this.server = server;
        this.onChange = onChange;
        this.kept = new Map(); // sequence -> Kept
        this.isSending = false;
        this.failures = 0;
        this.timer = null;
    }

    async load() {
        await store.tidyEvents();
        const kept = await store.allEvents();
        this.kept = new Map(kept.map((item) => [item.sequence, item]));
    }

    /** Keep an event and start to send; resolves when it is on the disk. */
    async add(event) {
        const kept = await store.addEvent(event);
        this.kept.set(kept.sequence, kept);
        this.onChange();
        this.send();
        return kept;
    }

    get unsent() {
        return [...this.kept.values()].filter((item) => item.state === "queued");
    }

    /** What the server did not understand: shown until somebody has dealt with it. */
    get refused() {
        return [...this.kept.values()].filter((item) => item.state === "refused");
    }

    /** Events of a day that happened here, in their order, whether sent or not. */
    ofDay(date) {
        return [...this.kept.values()].filter((item) => item.event.date === date);
    }

    async send() {
        if (this.isSending || !this.server.token) {
            return;
        }
        this.isSending = true;
        clearTimeout(this.timer);
        try {
            let batch = await store.queuedEvents(BATCH);
            while (batch.length) {
                await this.deliver(batch);
                batch = await store.queuedEvents(BATCH);
            }
            this.failures = 0;
        } catch (error) {
            const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
            this.failures += 1;
            this.timer = setTimeout(() => this.send(), wait);
            this.error = error instanceof Refused ? error : null;
        } finally {
            this.isSending = false;
            this.onChange();
        }
    }

    async deliver(batch) {
        const {events} = await this.server.call(
            "events",
            batch.map((kept) => kept.event)
        );
        this.error = null;
        const conflicts = batch.filter((_kept, n) => events[n].status === "conflict");
        await store.settleEvents(
            batch.flatMap((kept, n) => {
                const answer = events[n];
                if (answer.status === "conflict") {
                    return [];
                }
                const state = answer.status === "rejected" ? "refused" : "sent";
                return [[kept.sequence, state, answer]];
            })
        );
        if (conflicts.length) {
            // The storage of the tablet went back in time: count on from the server.
            const {next_sequence} = await this.server.call("day", {parts: ["none"]});
            for (const kept of conflicts) {
                await store.renumber(kept.sequence, next_sequence);
            }
        }
        await this.load();
        this.onChange();
    }

    /** Try again to deliver what was refused; somebody has mended the reason. */
    async retry() {
        await store.settleEvents(this.refused.map((kept) => [kept.sequence, "queued"]));
        await this.load();
        await this.send();
    }

    /** Somebody has entered this event in another way. */
    async settle(sequence) {
        const kept = this.kept.get(sequence);
        await store.settleEvents([[sequence, "sent", kept.answer]]);
        await this.load();
        this.onChange();
    }
}
