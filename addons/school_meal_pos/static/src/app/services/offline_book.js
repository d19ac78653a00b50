import {StoredList} from "./stored_list";

/**
 * What this till sold while the server did not answer and the roster does not know about yet.
 * Kept in localStorage: it must survive a reload and a power cut, or the cap would start anew.
 *
 * Entry: {uuid, student, amount (kopecks), at (ms), delivered: null | time of delivery (ms)}.
 */
const DAY = 24 * 3_600_000;

export class OfflineBook {
    constructor(key, storage) {
        this.stored = new StoredList(key, storage);
        this.entries = this.stored.read();
    }

    _write() {
        this.stored.write(this.entries, (error) => {
            // The order itself is stored elsewhere: `rebuild` finds it there.
            console.warn("The book of sales without network could not be kept", error);
        });
    }

    /** Kopecks sold to the student (since a moment) that the roster does not include. */
    sold(studentId, since = 0) {
        return this.entries
            .filter((entry) => entry.student === studentId && entry.at >= since)
            .reduce((sum, entry) => sum + entry.amount, 0);
    }

    soldToday(studentId) {
        return this.sold(studentId, new Date().setHours(0, 0, 0, 0));
    }

    add(uuid, student, amount, at = Date.now()) {
        this.entries = this.entries.filter((entry) => entry.uuid !== uuid);
        this.entries.push({uuid, student, amount, at, delivered: null});
        this._write();
    }

    remove(uuid) {
        this.entries = this.entries.filter((entry) => entry.uuid !== uuid);
        this._write();
    }

    /**
     * Take over what the orders on this till say: this storage is written later than theirs, so
     * after a power cut it may lack the last sales.
     *
     * @param {Object[]} sales {uuid, student, amount, at} of all orders not delivered yet
     */
    rebuild(sales) {
        const kept = new Set(this.entries.map(({uuid}) => uuid));
        const onTill = new Set(sales.map(({uuid}) => uuid));
        // A sale whose order is gone was never delivered; its day ends the cap anyway.
        this.entries = this.entries.filter(
            ({uuid, at, delivered}) =>
                delivered || onTill.has(uuid) || at > Date.now() - DAY
        );
        for (const sale of sales.filter(({uuid}) => !kept.has(uuid))) {
            this.entries.push({...sale, delivered: null});
        }
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
