import {describe, expect, test} from "@odoo/hoot";
import {HoldRelease} from "@school_meal_pos/app/services/hold_release";
import {OfflineBook} from "@school_meal_pos/app/services/offline_book";
import {OrderNumbers} from "@school_meal_pos/app/services/order_numbers";
import {TillRoster} from "@school_meal_pos/app/services/till_roster";
import {parseReaderText} from "@school_meal_base/device/reader_text";

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
        values.dayLeft ?? null,
        values.limitDay ?? null,
        values.sittingLeft ?? null,
        values.limitSitting ?? null,
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

test("a balance of this till is kept over a reload and an older answer", () => {
    const storage = new MemoryStorage();
    const roster = newRoster([row(1, [])], storage);
    roster.setAvailable(1, 38_000, {at: 5000});
    const reloaded = new TillRoster("test", storage);
    reloaded.restore();
    expect(reloaded.get(1).available).toBe(38_000);
    // asked before the sale, answered after it
    const answer = () => ({
        full: true,
        version: "v2",
        rows: [row(1, [])],
        allergens: {},
    });
    reloaded.apply(answer(), 4000);
    expect(reloaded.get(1).available).toBe(38_000);
    expect(reloaded.version).not.toBe("v2", {message: "asked for again"});
    reloaded.apply(answer(), 6000);
    expect(reloaded.get(1).available).toBe(50_000);
    expect(reloaded.version).toBe("v2");
});

test("limits are those of this day and this sitting", () => {
    const limits = {
        dayLeft: 0,
        limitDay: 20_000,
        sittingLeft: 1_000,
        limitSitting: 9_000,
    };
    const roster = newRoster([row(1, [], limits)]);
    const at = new Date(2026, 8, 14, 10, 0).getTime();
    roster.apply(
        {full: true, version: "v", rows: [row(1, [], limits)], sitting_minutes: 30},
        at
    );
    const student = roster.get(1);
    const leftAt = (minutes) => {
        const {dayLeft, sittingLeft} = roster.today(student, at + minutes * 60_000);
        return [dayLeft, sittingLeft];
    };
    expect(leftAt(20)).toEqual([0, 1_000]);
    expect(leftAt(40)).toEqual([0, 9_000]);
    expect(leftAt(24 * 60)).toEqual([20_000, 9_000]);
    roster.setAvailable(1, 100, {spent: 400, at});
    expect(roster.today(student, at).sittingLeft).toBe(600);
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

test("after a power cut the book is what the orders on the till say", () => {
    const now = Date.now();
    const book = new OfflineBook("book", new MemoryStorage());
    book.add("old", 1, 1_000, now - 30 * 3_600_000);
    book.add("kept", 1, 2_000, now);
    const sales = [
        {uuid: "kept", student: 1, amount: 2_000, at: now},
        {uuid: "lost", student: 1, amount: 4_000, at: now},
    ];
    book.rebuild(sales);
    expect(book.sold(1)).toBe(6_000);
    expect(book.sold(1, now + 1)).toBe(0);
});

test("a hold is released until the server has said so", async () => {
    const storage = new MemoryStorage();
    const answers = [null, null, {code: "server"}, {status: "created", available: 5}];
    const server = {ask: async () => answers.shift()};
    const holds = new HoldRelease("holds", server, storage);
    expect(await holds.release("u1")).toBe(null);
    const reloaded = new HoldRelease("holds", server, storage);
    await reloaded.flush();
    await reloaded.flush();
    expect(reloaded.uuids).toEqual(["u1"]);
    await reloaded.flush();
    expect(reloaded.uuids).toEqual([]);
});

test("orders are counted without gaps, and never twice", () => {
    const storage = new MemoryStorage();
    const numbers = new OrderNumbers("n", "A", storage);
    const [first, second] = [{}, {}];
    numbers.give(first);
    numbers.give(first);
    numbers.give(second);
    expect([first.meal_till_number, second.meal_till_number]).toEqual([1, 2]);
    numbers.takeBack(second);
    numbers.give(second);
    expect(second.meal_till_number).toBe(2);
    const reloaded = new OrderNumbers("n", "A", storage);
    expect(reloaded.last).toBe(2);
    reloaded.raise(7);
    expect(reloaded.last).toBe(7);
    expect(new OrderNumbers("n", "B", storage).last).toBe(0);
});
