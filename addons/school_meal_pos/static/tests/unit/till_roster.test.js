import {describe, expect, test} from "@odoo/hoot";
import {OfflineBook} from "@school_meal_pos/app/services/offline_book";
import {TillRoster} from "@school_meal_pos/app/services/till_roster";
import {parseReaderText} from "@school_meal_pos/app/utils/card_reader/reader_text";

describe.current.tags("headless");

class MemoryStorage {
    data = {};
    getItem(key) {
        return this.data[key] ?? null;
    }
    setItem(key, value) {
        this.data[key] = value;
    }
}

function row(id, cards, changes = {}) {
    const values = {name: `Student ${id}`, available: 50_000, ...changes};
    return [
        id,
        values.name,
        "5A",
        null,
        "open",
        values.available,
        30_000,
        null,
        null,
        null,
        null,
        cards,
    ];
}

function newRoster(rows, storage = new MemoryStorage()) {
    const roster = new TillRoster("test", storage);
    roster.apply({full: true, version: "v1", rows, gone: [], allergens: {}}, 1000);
    return roster;
}

const IVANOV = row(1, [[11, "active", "BCD14264", "TOKEN0000000000000AA"]]);

test("a card is found by its number, its short number and its QR code", () => {
    const roster = newRoster([IVANOV]);
    const texts = ["BCD14264", "066,53692", "1682100668", "SM1TOKEN0000000000000AA"];
    for (const text of texts) {
        const reading = parseReaderText(text);
        if (reading) {
            expect(roster.find(reading)?.student.id).toBe(1, {message: text});
        }
    }
    expect(roster.find(parseReaderText("DEADBEEF"))).toBe(null);
});

test("a reader with reversed bytes is read as the server says it is set", () => {
    const roster = newRoster([IVANOV]);
    roster.apply(
        {
            full: true,
            version: "v1",
            rows: [IVANOV],
            reader: {byte_order: "reversed", bits: 0, digits: "auto"},
        },
        1000
    );
    const read = (text) => roster.find(parseReaderText(text, roster.reader));
    expect(read("188,53570")?.student.id).toBe(1);
    expect(read("6442D1BC")?.student.id).toBe(1);
    expect(read("066,53692")).toBe(null);
});

test("two cards with one short number are ambiguous, unless only one is in use", () => {
    const twin = (state) => row(2, [[21, state, "BCD14299", null]]);
    const short = parseReaderText("066,53692");
    expect(newRoster([IVANOV, twin("active")]).find(short)).toBe("ambiguous");
    expect(newRoster([IVANOV, twin("replaced")]).find(short).student.id).toBe(1);
});

test("a refresh replaces changed rows, adds new ones and forgets who is gone", () => {
    const roster = newRoster([IVANOV, row(2, [[21, "active", "24548AAC", null]])]);
    roster.apply(
        {
            full: false,
            version: "v2",
            rows: [row(1, [[11, "blocked", "BCD14264", null]]), row(3, [])],
            gone: [2],
        },
        2000
    );
    expect(roster.find(parseReaderText("BCD14264")).card.state).toBe("blocked");
    expect(roster.find(parseReaderText("24548AAC"))).toBe(null);
    expect(roster.size).toBe(2);
    expect(roster.version).toBe("v2");
});

test("a card blocked by a push stays blocked after a reload without network", () => {
    const storage = new MemoryStorage();
    const roster = newRoster([IVANOV], storage);
    roster.setCardState(11, "blocked");
    const reloaded = new TillRoster("test", storage);
    expect(reloaded.restore()).toBe(true);
    expect(reloaded.find(parseReaderText("BCD14264")).card.state).toBe("blocked");
    expect(reloaded.readAt).toBe(1000);
});

test("a damaged store is no roster", () => {
    const storage = new MemoryStorage();
    storage.setItem("test", "{broken");
    expect(new TillRoster("test", storage).restore()).toBe(false);
});

test("what was sold off line is remembered until the server's balance includes it", () => {
    const storage = new MemoryStorage();
    const book = new OfflineBook("book", storage);
    book.add("u1", 1, 12_000);
    book.add("u1", 1, 12_000);
    book.add("u2", 1, 4_500);
    expect(new OfflineBook("book", storage).sold(1)).toBe(16_500);
    book.settle([1], 5000);
    expect(book.sold(1)).toBe(16_500, {message: "not delivered: not in the balance"});
    book.markDelivered(["u1"], 4000);
    book.settle([2], 5000);
    book.settle([1], 3000);
    expect(book.sold(1)).toBe(16_500, {message: "read before the delivery"});
    book.settle([1], 5000);
    expect(new OfflineBook("book", storage).sold(1)).toBe(4_500);
});
