/**
 * What the tablet keeps: settings and the day's data (`meta`), events (`events`).
 * IndexedDB survives reload, a killed browser and a power cut.
 *
 * @typedef {{sequence: number, state: "queued"|"sent"|"refused", event: Object,
 *            at: number, answer?: Object}} Kept
 */

const NAME = "school_meal_serving";
const DAY_MS = 24 * 60 * 60 * 1000;

/** Delivered events are kept for so long: they say what this tablet gave out. */
const KEEP_MS = 7 * DAY_MS;

let database = null;

function open() {
    if (!database) {
        database = new Promise((resolve, reject) => {
            const request = indexedDB.open(NAME, 1);
            request.onupgradeneeded = () => {
                request.result.createObjectStore("meta");
                const events = request.result.createObjectStore("events", {
                    keyPath: "sequence",
                });
                events.createIndex("state", "state");
            };
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => {
                database = null;
                reject(request.error);
            };
        });
    }
    return database;
}

/**
 * Run one transaction; resolve when it is on the disk.
 *
 * @param {string[]} names object stores
 * @param {(stores: Object, done: (value: any) => void) => void} work
 */
async function run(names, mode, work) {
    const db = await open();
    return new Promise((resolve, reject) => {
        const transaction = db.transaction(names, mode, {durability: "strict"});
        let result = undefined;
        transaction.oncomplete = () => resolve(result);
        transaction.onerror = () => reject(transaction.error);
        transaction.onabort = () => reject(transaction.error);
        const stores = Object.fromEntries(
            names.map((name) => [name, transaction.objectStore(name)])
        );
        work(stores, (value) => {
            result = value;
        });
    });
}

export function get(key) {
    return run(["meta"], "readonly", ({meta}, done) => {
        const request = meta.get(key);
        request.onsuccess = () => done(request.result);
    });
}

export function set(key, value) {
    return run(["meta"], "readwrite", ({meta}) => {
        meta.put(value, key);
    });
}

/** Forget the data of the days before `date`; settings have no date in their key. */
export function forgetDaysBefore(date) {
    return run(["meta"], "readwrite", ({meta}) => {
        const request = meta.getAllKeys();
        request.onsuccess = () => {
            for (const key of request.result) {
                if (key.startsWith("day:") && key < `day:${date}`) {
                    meta.delete(key);
                }
            }
        };
    });
}

/**
 * Keep a new event under the next number, both or neither.
 *
 * @param {Object} event without its number
 * @returns {Promise<Kept>}
 */
export function addEvent(event) {
    return run(["meta", "events"], "readwrite", ({meta, events}, done) => {
        const request = meta.get("next_sequence");
        request.onsuccess = () => {
            const kept = keptEvent(request.result || 1, event);
            meta.put(kept.sequence + 1, "next_sequence");
            events.add(kept);
            done(kept);
        };
    });
}

/** The server knows numbers up to here: a storage that went back in time does not. */
export function raiseSequence(next) {
    return run(["meta"], "readwrite", ({meta}) => {
        const request = meta.get("next_sequence");
        request.onsuccess = () => {
            if ((request.result || 1) < next) {
                meta.put(next, "next_sequence");
            }
        };
    });
}

/**
 * Give an event, whose number is another's on the server, a new number. Who takes it back
 * names the new number and comes after it, also where the server has refused that already.
 */
export function renumber(sequence, next) {
    return run(["meta", "events"], "readwrite", ({meta, events}) => {
        const all = events.getAll();
        const counter = meta.get("next_sequence");
        counter.onsuccess = () => {
            const old = all.result.find((kept) => kept.sequence === sequence);
            if (!old) {
                return; // moved together with what it takes back
            }
            let number = Math.max(counter.result || 1, next);
            const move = ({sequence: from, at, event}) => {
                events.delete(from);
                events.add({...keptEvent(number, event), at});
                number += 1;
            };
            const undone = number;
            move(old);
            for (const other of all.result) {
                if (other.event.undoes === sequence && other.state !== "sent") {
                    move({...other, event: {...other.event, undoes: undone}});
                }
            }
            meta.put(number, "next_sequence");
        };
    });
}

/** The tablet goes to another school: nothing of the one before may be shown there. */
export function forgetSchool() {
    return run(["meta", "events"], "readwrite", ({meta, events}) => {
        const request = meta.getAllKeys();
        request.onsuccess = () => {
            for (const key of request.result) {
                if (/^day:|^base$|^students$/.test(key)) {
                    meta.delete(key);
                }
            }
        };
        const sent = events.index("state").getAllKeys("sent");
        sent.onsuccess = () => {
            for (const key of sent.result) {
                events.delete(key);
            }
        };
    });
}

/** @returns {Promise<Kept[]>} */
export function allEvents() {
    return run(["events"], "readonly", ({events}, done) => {
        const request = events.getAll();
        request.onsuccess = () => done(request.result);
    });
}

/** @returns {Promise<Kept[]>} oldest first, at most `limit` */
export function queuedEvents(limit) {
    return run(["events"], "readonly", ({events}, done) => {
        const request = events.index("state").getAll("queued", limit);
        request.onsuccess = () => done(request.result);
    });
}

/** @param {[number, "queued"|"sent"|"refused", Object?][]} changes */
export function settleEvents(changes) {
    return run(["events"], "readwrite", ({events}) => {
        for (const [sequence, state, answer] of changes) {
            const request = events.get(sequence);
            request.onsuccess = () => {
                if (request.result) {
                    events.put({...request.result, state, answer});
                }
            };
        }
    });
}

/** Delete delivered events of past days; what was not delivered stays for ever. */
export function tidyEvents(now = Date.now()) {
    return run(["events"], "readwrite", ({events}) => {
        const request = events.index("state").openCursor("sent");
        request.onsuccess = () => {
            const cursor = request.result;
            if (cursor) {
                if (cursor.value.at < now - KEEP_MS) {
                    cursor.delete();
                }
                cursor.continue();
            }
        };
    });
}

function keptEvent(sequence, event) {
    return {sequence, state: "queued", at: Date.now(), event: {...event, sequence}};
}
