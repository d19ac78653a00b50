import {browser} from "@web/core/browser/browser";
import {keysOf, searchKeys} from "@school_meal_base/device/reader_text";

/**
 * The cards of the school on this till: everything a sale needs while the server is silent.
 *
 * A compact table of our own instead of `res.partner`: core loads 100 partners with phones and
 * addresses and refreshes them when it likes. It lives in localStorage, so a reload without
 * network still has it. Amounts are kopecks. See `school.till.roster` on the server.
 */

const FORMAT = 2;
const MINUTE = 60_000;

/** Columns of a row that are written here. */
const AVAILABLE = 5;
const DAY_LEFT = 7;
const SITTING_LEFT = 9;
const CARDS = 14;

/** Row of the server as an object; the order of columns is `_COLUMNS` of school.till.roster. */
export function readRow(row) {
    const [id, name, className, photo, state, available, cap] = row;
    const [dayLeft, limitDay, sittingLeft, limitSitting] = row.slice(DAY_LEFT);
    const [bannedProducts, bannedCategories, allergens, cards] = row.slice(11);
    return {
        id,
        name,
        className,
        photo,
        state,
        available,
        cap,
        dayLeft,
        limitDay,
        sittingLeft,
        limitSitting,
        bans: {products: bannedProducts || [], categories: bannedCategories || []},
        allergens: allergens || [],
        cards: (cards || []).map(([cardId, cardState, uid, qr]) => ({
            id: cardId,
            state: cardState,
            uid,
            qr,
        })),
    };
}

export class TillRoster {
    /**
     * @param {string} key of localStorage, one per till
     * @param {Storage} [storage]
     */
    constructor(key, storage = browser.localStorage) {
        this.key = key;
        this.storage = storage;
        this.reset();
    }

    reset() {
        this.rows = new Map();
        this.index = new Map();
        this.allergens = {};
        this.reader = {};
        this.sittingMinutes = 30;
        this.version = null;
        this.readAt = null;
    }

    get size() {
        return this.rows.size;
    }

    // --- Reading from the server ---

    /**
     * Take an answer of `school.till.roster`.
     *
     * @param {Object} answer {full, version, rows, gone, allergens, reader}
     * @param {number} askedAt local time (ms) when the question was sent: the age of the data
     */
    apply(answer, askedAt) {
        const known = new Map(this.rows);
        if (answer.full) {
            this.reset();
        }
        for (const id of answer.gone || []) {
            this._drop(id);
        }
        let isBehind = false;
        for (const raw of answer.rows) {
            const old = known.get(raw[0]);
            // Asked before this till sold, answered after it: the newer balance stays.
            const isOlder = old && old.balanceAt > askedAt;
            this._put(isOlder ? withBalanceOf(raw, old.raw) : raw, {
                at: isOlder ? old.at : askedAt,
                balanceAt: isOlder ? old.balanceAt : askedAt,
            });
            isBehind = isBehind || isOlder;
        }
        Object.assign(this.allergens, answer.allergens || {});
        this.reader = answer.reader || this.reader;
        this.sittingMinutes = answer.sitting_minutes || this.sittingMinutes;
        if (answer.version) {
            // What was passed over is asked for again with the next refresh.
            this.version = isBehind ? this.version : answer.version;
            this.readAt = askedAt;
        }
        this.save();
    }

    /** The server told of a new balance outside a refresh, after `spent` kopecks of a sale. */
    setAvailable(studentId, available, {spent = 0, at = Date.now()} = {}) {
        const entry = this.rows.get(studentId);
        if (!entry) {
            return;
        }
        const {row, raw} = entry;
        row.available = raw[AVAILABLE] = available;
        if (Number.isInteger(row.dayLeft)) {
            row.dayLeft = raw[DAY_LEFT] = row.dayLeft - spent;
        }
        if (Number.isInteger(row.sittingLeft)) {
            row.sittingLeft = raw[SITTING_LEFT] = row.sittingLeft - spent;
        }
        entry.balanceAt = at;
        this.save();
    }

    /** Row of a student with what the limits leave at this hour, for a sale without network. */
    today(student, now = Date.now()) {
        const {row, at} = this.rows.get(student.id) || {row: student, at: now};
        const isToday = new Date(at).toDateString() === new Date(now).toDateString();
        const isSitting = now - at <= this.sittingMinutes * MINUTE;
        return {
            ...row,
            dayLeft: isToday ? row.dayLeft : row.limitDay,
            sittingLeft: isSitting ? row.sittingLeft : row.limitSitting,
        };
    }

    /** A card was blocked or found: valid at once, whatever the next refresh says. */
    setCardState(cardId, state) {
        for (const {row, raw} of this.rows.values()) {
            const position = row.cards.findIndex((card) => card.id === cardId);
            if (position >= 0) {
                row.cards[position].state = state;
                raw[CARDS][position][1] = state;
                this.save();
                return row;
            }
        }
        return null;
    }

    _put(raw, {at, balanceAt}) {
        const row = readRow(raw);
        this._drop(row.id);
        this.rows.set(row.id, {row, raw, at, balanceAt});
        for (const card of row.cards) {
            for (const key of cardKeys(card)) {
                const found = this.index.get(key) || [];
                found.push({student: row.id, card: card.id});
                this.index.set(key, found);
            }
        }
    }

    _drop(id) {
        const entry = this.rows.get(id);
        if (!entry) {
            return;
        }
        for (const card of entry.row.cards) {
            for (const key of cardKeys(card)) {
                const left = this.index
                    .get(key)
                    .filter((found) => found.student !== id);
                left.length ? this.index.set(key, left) : this.index.delete(key);
            }
        }
        this.rows.delete(id);
    }

    // --- Looking up ---

    get(studentId) {
        return this.rows.get(studentId)?.row;
    }

    /**
     * @param {Object} reading of parseReaderText
     * @returns {{student: Object, card: Object}|null|"ambiguous"}
     */
    find(reading) {
        for (const [key, value] of searchKeys(reading)) {
            const found = this.index.get(`${key}:${value}`);
            if (found?.length) {
                return this._pick(found);
            }
        }
        return null;
    }

    /** A short number can be shared; a replaced card yields to the one in use. */
    _pick(found) {
        const hits = found.map(({student, card}) => {
            const row = this.get(student);
            return {student: row, card: row.cards.find(({id}) => id === card)};
        });
        const active = hits.filter(({card}) => card.state === "active");
        const candidates = active.length ? active : hits;
        return candidates.length === 1 ? candidates[0] : "ambiguous";
    }

    // --- Keeping ---

    save() {
        const {version, readAt, allergens, reader, sittingMinutes} = this;
        const rows = [...this.rows.values()].map(({raw, at, balanceAt}) => [
            raw,
            at,
            balanceAt,
        ]);
        try {
            this.storage.setItem(
                this.key,
                JSON.stringify({
                    format: FORMAT,
                    version,
                    readAt,
                    allergens,
                    reader,
                    sittingMinutes,
                    rows,
                })
            );
        } catch (error) {
            // Full storage: the till goes on from memory, a reload will need the server.
            console.warn("The roster of cards could not be kept on this till", error);
        }
    }

    /** @returns {boolean} whether a kept roster was found */
    restore() {
        let kept;
        try {
            kept = JSON.parse(this.storage.getItem(this.key));
        } catch {
            kept = null;
        }
        if (kept?.format !== FORMAT) {
            return false;
        }
        this.reset();
        for (const [raw, at, balanceAt] of kept.rows) {
            this._put(raw, {at, balanceAt});
        }
        Object.assign(this, {
            version: kept.version,
            readAt: kept.readAt,
            allergens: kept.allergens,
            reader: kept.reader,
            sittingMinutes: kept.sittingMinutes,
        });
        return true;
    }
}

/** A row with the money of an older one. */
function withBalanceOf(raw, old) {
    const row = [...raw];
    for (const column of [AVAILABLE, DAY_LEFT, SITTING_LEFT]) {
        row[column] = old[column];
    }
    return row;
}

/** Keys of a card as `searchKeys` asks for them. */
function cardKeys(card) {
    const keys = card.qr ? [`qr:${card.qr}`] : [];
    if (card.uid) {
        keys.push(`uid:${card.uid}`);
        keys.push(
            ...Object.entries(keysOf(card.uid)).map(([key, value]) => `${key}:${value}`)
        );
    }
    return keys;
}
