import {describe, expect, test} from "@odoo/hoot";
import {
    isProductCode,
    isRandomUid,
    keysOf,
    parseReaderText,
    searchKeys,
} from "@school_meal_base/device/reader_text";
import {VECTORS} from "./reader_text_vectors.data";

describe.current.tags("headless");

test("every golden reading is understood as the server understands it", () => {
    expect(VECTORS.readings.length).toBeGreaterThan(50);
    for (const {text, options, expect: wanted, search} of VECTORS.readings) {
        const reading = parseReaderText(text, options);
        expect(reading).toEqual(wanted, {
            message: `reading of ${JSON.stringify(text)}`,
        });
        expect(reading ? searchKeys(reading) : []).toEqual(search);
    }
});

test("every golden card has the keys the server stores", () => {
    for (const {uid, keys} of VECTORS.cards) {
        expect(keysOf(uid)).toEqual(keys, {message: `keys of ${uid}`});
    }
});

test("barcodes of products are told from numbers of cards", () => {
    expect(VECTORS.products.length).toBeGreaterThan(5);
    for (const {text, options, expect: wanted} of VECTORS.products) {
        expect(isProductCode(text, options)).toBe(wanted, {message: text});
    }
});

test("a phone's random number is recognised, a 7-byte card is not one", () => {
    expect(isRandomUid("08A1B2C3")).toBe(true);
    expect(isRandomUid("08A1B2C3D4E5F6")).toBe(false);
});
