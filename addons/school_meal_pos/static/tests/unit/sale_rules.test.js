import {describe, expect, test} from "@odoo/hoot";
import {offlineAllowance, refusalOf} from "@school_meal_pos/app/utils/sale_rules";

describe.current.tags("headless");

const STUDENT = {
    state: "open",
    available: 50_000,
    cap: 30_000,
    dayLeft: null,
    bans: {products: [7], categories: [3]},
    allergens: [1],
};
const CARD = {id: 1, state: "active"};
const LUNCH = {productId: 5, categoryIds: [2], allergenIds: [], name: "Lunch"};
const JUICE = {productId: 7, categoryIds: [2], allergenIds: [], name: "Juice"};
const COLA = {productId: 8, categoryIds: [4, 3], allergenIds: [], name: "Cola"};
const BUN = {productId: 9, categoryIds: [2], allergenIds: [1, 2], name: "Bun"};

function ask(changes) {
    return refusalOf({
        student: STUDENT,
        card: CARD,
        lines: [LUNCH],
        amount: 12_000,
        allergensConfirmed: false,
        soldOffline: null,
        ...changes,
    });
}

test("a usual sale is not refused", () => {
    expect(ask({})).toBe(null);
});

test("only an active card pays", () => {
    for (const state of ["made", "handed", "blocked", "lost", "replaced"]) {
        expect(ask({card: {id: 1, state}}).code).toBe("card_blocked");
    }
});

test("only an open account pays", () => {
    expect(ask({student: {...STUDENT, state: "blocked"}}).code).toBe("account_blocked");
});

test("a banned product is named, also when its category is banned above", () => {
    expect(ask({lines: [LUNCH, JUICE]})).toEqual({code: "banned", names: ["Juice"]});
    expect(ask({lines: [COLA]})).toEqual({code: "banned", names: ["Cola"]});
});

test("an allergen stops the sale until the cashier confirms", () => {
    expect(ask({lines: [BUN]})).toEqual({code: "allergen", ids: [1]});
    expect(ask({lines: [BUN], allergensConfirmed: true})).toBe(null);
});

test("on line the balance is the server's business", () => {
    expect(ask({amount: 10_000_000})).toBe(null);
});

test("off line a student spends up to the cap, counted over sales", () => {
    expect(offlineAllowance(STUDENT, 0)).toBe(30_000);
    expect(ask({soldOffline: 18_000, amount: 12_000})).toBe(null);
    expect(ask({soldOffline: 18_001, amount: 12_000})).toEqual({
        code: "offline_limit",
        left: 11_999,
    });
});

test("off line nobody spends more than the till knows of", () => {
    const poor = {...STUDENT, available: 5_000};
    expect(offlineAllowance(poor, 0)).toBe(5_000);
    expect(offlineAllowance({...STUDENT, available: -100}, 0)).toBe(0);
    expect(ask({student: poor, soldOffline: 0}).code).toBe("offline_limit");
});

test("off line the parent's daily limit still counts", () => {
    const limited = {...STUDENT, dayLeft: 15_000};
    expect(ask({student: limited, soldOffline: 0})).toBe(null);
    expect(ask({student: limited, soldOffline: 5_000})).toEqual({
        code: "limit_day",
        left: 10_000,
    });
});

test("off line the limit for one visit counts over its own time", () => {
    const limited = {...STUDENT, sittingLeft: 15_000};
    expect(ask({student: limited, soldOffline: 0})).toBe(null);
    expect(ask({student: limited, soldOffline: 5_000})).toEqual({
        code: "limit_sitting",
        left: 10_000,
    });
    expect(ask({student: limited, soldOffline: 9_000, soldSitting: 1_000})).toBe(null);
});
