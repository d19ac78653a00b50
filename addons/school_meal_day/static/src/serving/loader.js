/**
 * The data and the code of the page: fetched when there is a network, kept for when there
 * is none.
 */

import {Day} from "./day.js";
import {Refused} from "./server.js";
import * as store from "./store.js";

/** Students and names change rarely: looked at every tenth time. */
const FULL_EVERY = 10;
/** So many photos that do not come: the network is gone. */
const PHOTO_FAILURES = 3;
const PARTS = ["base", "students", "orders", "issued"];

export class Loader {
    /** @param {import("./app.js").App} app */
    constructor(app) {
        this.app = app;
        /** When the orders on the screen were those of the server. */
        this.ordersAt = 0;
        this.refreshes = 0;
        this.isRefreshing = false;
        this.isGettingPhotos = false;
        /** Of the service worker, once there is one. */
        this.registration = null;
        /** The school day after the one on the screen. */
        this.nextDate = null;
        this.isRevoked = false;
        /** There is newer code: the page is to be loaded again. */
        this.isReloadDue = false;
    }

    /** New code comes with the next full refresh; it is used once nobody is served. */
    async watchVersion() {
        const worker = navigator.serviceWorker;
        let hasCode = Boolean(worker.controller);
        worker.addEventListener("controllerchange", () => {
            this.isReloadDue = hasCode; // the first one is no update
            hasCode = true;
            this.app.render();
        });
        this.registration = await worker
            .register("/school_meal/serve/sw.js", {scope: "/school_meal/serve"})
            .catch(() => null);
    }

    /** Take the day from the disk: what the tablet opens with after a power cut. */
    async loadDay(date) {
        const parts = {};
        let at = 0;
        for (const part of PARTS) {
            const isOfAll = part === "base" || part === "students";
            const kept = await store.get(isOfAll ? part : `day:${date}:${part}`);
            parts[part] = kept && kept.content;
            if (part === "orders" && kept) {
                at = kept.at;
            }
        }
        if (date !== this.app.day.date) {
            this.app.meal = null;
        }
        this.app.day = new Day(date, parts);
        this.ordersAt = at;
        this.app.recount();
    }

    async refresh(isFull = false) {
        if (this.app.isPairing) {
            return;
        }
        const date = this.app.today();
        if (date !== this.app.day.date) {
            await this.loadDay(date);
        }
        this.app.queue.send();
        if (this.isRefreshing) {
            return;
        }
        this.isRefreshing = true;
        let isOtherDay = false;
        try {
            const all = isFull || this.refreshes % FULL_EVERY === 0;
            await this.fetchDay(date, all ? PARTS : ["orders", "issued"], true);
            this.refreshes += 1;
            // the server has told the time: the tablet may have taken the wrong day
            isOtherDay = this.app.today() !== date;
            if (all && !isOtherDay) {
                if (this.registration) {
                    this.registration.update().catch(() => null);
                }
                await this.fetchAhead();
            }
        } catch (error) {
            if (error instanceof Refused && error.status === 401) {
                this.isRevoked = true;
            }
        } finally {
            this.isRefreshing = false;
            this.app.recount();
        }
        if (isOtherDay) {
            await this.refresh(true);
        }
    }

    /** Get the parts of a day that have changed, keep them, show them. */
    async fetchDay(date, parts, isShown) {
        const known = {};
        for (const part of parts) {
            const kept = await store.get(this.partKey(date, part));
            if (kept) {
                known[part] = kept.digest;
            }
        }
        const answer = await this.app.server.call("day", {date, parts, known});
        this.isRevoked = false;
        await store.raiseSequence(answer.next_sequence);
        const at = this.app.server.now();
        for (const part of parts) {
            const key = this.partKey(date, part);
            if (answer[part]) {
                const digest = answer.digests[part];
                await store.set(key, {at, digest, content: answer[part]});
            } else {
                await store.set(key, {...(await store.get(key)), at});
            }
        }
        this.nextDate = answer.next_date;
        if (isShown) {
            await this.loadDay(date);
        }
    }

    partKey(date, part) {
        return part === "base" || part === "students" ? part : `day:${date}:${part}`;
    }

    /** Tomorrow may begin without network: its orders and all photos come today. */
    async fetchAhead() {
        await store.forgetDaysBefore(this.app.day.date);
        if (this.nextDate) {
            await this.fetchDay(this.nextDate, ["orders", "issued"], false);
        }
        this.getPhotos(); // minutes on a slow line: nobody waits for it
    }

    async getPhotos() {
        if (this.isGettingPhotos) {
            return;
        }
        this.isGettingPhotos = true;
        try {
            let failures = 0;
            for (const {id, photo} of this.app.day.students.values()) {
                if (photo && !(await this.app.server.hasPhoto(id, photo))) {
                    const url = await this.app.server.photo(id, photo);
                    failures = url ? 0 : failures + 1;
                    if (failures === PHOTO_FAILURES) {
                        break;
                    }
                    URL.revokeObjectURL(url);
                }
            }
        } catch {
            // No room for more photos: the initials are shown instead.
        } finally {
            this.isGettingPhotos = false;
        }
    }
}
