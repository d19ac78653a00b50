import {browser} from "@web/core/browser/browser";

/**
 * What this till sold while the server did not answer and the roster does not know about yet.
 * Kept in localStorage: it must survive a reload and a power cut, or the cap would start anew.
 *
 * Entry: {uuid, student, amount (kopecks), delivered: null | ISO time of delivery}.
 */
export class OfflineBook {
    constructor(key, storage = browser.localStorage) {
        this.key = key;
        this.storage = storage;
        this.entries = this._read();
    }

    _read() {
        try {
            return JSON.parse(this.storage.getItem(this.key)) || [];
        } catch {
            return [];
        }
    }

    _write() {
        this.storage.setItem(this.key, JSON.stringify(this.entries));
    }

    /** Kopecks sold to the student that the roster does not include. */
    sold(studentId) {
        return this.entries
            .filter((entry) => entry.student === studentId)
            .reduce((sum, entry) => sum + entry.amount, 0);
    }

    add(uuid, student, amount) {
        this.entries = this.entries.filter((entry) => entry.uuid !== uuid);
        this.entries.push({uuid, student, amount, delivered: null});
        this._write();
    }

    remove(uuid) {
        this.entries = this.entries.filter((entry) => entry.uuid !== uuid);
        this._write();
    }

    /** The server has the order; its balance shows it from the next answer on. */
    markDelivered(uuids, at) {
        for (const entry of this.entries) {
            if (uuids.includes(entry.uuid)) {
                entry.delivered = entry.delivered || at;
            }
        }
        this._write();
    }

    /** The roster was read after `at`: what was delivered before is in its balances. */
    settle(studentIds, at) {
        const known = new Set(studentIds);
        this.entries = this.entries.filter(
            (entry) =>
                !(entry.delivered && entry.delivered <= at && known.has(entry.student))
        );
        this._write();
    }
}
