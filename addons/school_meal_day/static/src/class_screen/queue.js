/**
 * Changes that the server has not answered yet, kept in the browser.
 *
 * Each change is an entry of its own in localStorage: two tabs do not overwrite each
 * other, and a page that is closed, reloaded or without network loses nothing. A change
 * that was sent may have arrived: it keeps its uuid and is sent as it is until the server
 * answers. One that was not sent yet is replaced when the thumb falls again.
 */
export class Queue {
    /**
     * @param {Storage} storage localStorage, or anything like it
     * @param {string} prefix of the user and the class
     */
    constructor(storage, prefix) {
        this.storage = storage;
        this.prefix = prefix;
        this.memory = new Map();
        this.isKept = true;
        this.lastSeq = 0;
    }

    /** All changes, the oldest first. */
    all() {
        const found = new Map(this.memory);
        try {
            for (let i = 0; i < this.storage.length; i++) {
                const key = this.storage.key(i);
                if (key.startsWith(this.prefix)) {
                    found.set(key, JSON.parse(this.storage.getItem(key)));
                }
            }
        } catch {
            this.isKept = false;
        }
        return [...found.values()].sort((a, b) => a.seq - b.seq);
    }

    /** Changes to send; those with a problem wait for a decision. */
    pending() {
        return this.all().filter((command) => !command.problem);
    }

    problems() {
        return this.all().filter((command) => command.problem);
    }

    put(command) {
        const key = this.prefix + command.uuid;
        try {
            this.storage.setItem(key, JSON.stringify(command));
            this.memory.delete(key);
        } catch {
            // private window or no space left: better in memory than not at all
            this.isKept = false;
            this.memory.set(key, command);
        }
    }

    remove(command) {
        const key = this.prefix + command.uuid;
        this.memory.delete(key);
        try {
            this.storage.removeItem(key);
        } catch {
            this.isKept = false;
        }
    }

    /**
     * Add a change; `seen` is what the server had said before it.
     */
    add({kind, date, student = 0, meal = 0, value, seen, reason = ""}) {
        let base = seen;
        const cell = cellOf({kind, date, student, meal});
        const earlier = this.all().filter((other) => cellOf(other) === cell);
        for (const other of earlier.filter((entry) => !entry.sent || entry.problem)) {
            this.remove(other);
        }
        const isOnTheWay = earlier.some((entry) => entry.sent && !entry.problem);
        if (!isOnTheWay && kind !== "confirm" && isSame(kind, base, value)) {
            return; // back to what the server has
        }
        base = base ?? "";
        this.lastSeq = Math.max(Date.now(), this.lastSeq + 1);
        const at = new Date().toISOString();
        const uuid = makeUuid();
        this.put({
            uuid,
            kind,
            date,
            student,
            meal,
            value,
            seen: base,
            reason,
            at,
            seq: this.lastSeq,
        });
    }

    /** The changes to send now; from here on they may have arrived. */
    take(limit) {
        const cells = new Set();
        const batch = this.pending()
            .filter((command) => {
                const cell = cellOf(command);
                return !cells.has(cell) && cells.add(cell);
            })
            .slice(0, limit);
        for (const command of batch) {
            command.sent = true;
            this.put(command);
        }
        return batch;
    }

    /**
     * Enter the answers of the server.
     *
     * @param {Array} batch as it was sent
     * @param {Array} results [status, message] of each
     * @param {Function} current what the server has now in the cell of a command
     */
    settle(batch, results, current) {
        const cells = new Set();
        batch.forEach((command, index) => {
            const [status, message] = results[index];
            cells.add(cellOf(command));
            if (status === "conflict" || status === "refused") {
                this.put({...command, problem: {status, message}});
            } else {
                this.remove(command);
            }
        });
        for (const command of this.pending()) {
            if (!command.sent && cells.has(cellOf(command))) {
                this.put({...command, seen: current(command)});
            }
        }
    }
}

/** The thing that a command changes. */
export function cellOf({kind, date, student, meal}) {
    return [kind, date, student, meal].join(" ");
}

const LIVE = ["ordered", "cooked"];

/** Whether a portion is waiting for the student. */
export function isLive(state) {
    return LIVE.includes(state);
}

function isSame(kind, seen, value) {
    return kind === "order" ? isLive(seen) === value : (seen || "") === (value || "");
}

/** crypto.randomUUID needs https, which a server of a school may lack. */
export function makeUuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
