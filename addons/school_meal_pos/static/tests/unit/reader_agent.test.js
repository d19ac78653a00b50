import {describe, expect, test} from "@odoo/hoot";
import {readMessage} from "@school_meal_base/device/reader_agent";
import {parseReaderText} from "@school_meal_base/device/reader_text";

describe.current.tags("headless");

test("a number from the agent is the card's, whatever the settings of the till", () => {
    const options = {byte_order: "reversed", bits: 26, digits: "decimal"};
    for (const uid of [
        "BCD14264",
        "12345678",
        "041B4B62D22F80",
        "00010203040506070809",
    ]) {
        const message = readMessage(JSON.stringify({type: "card", uid}));
        expect(parseReaderText(message.text, options).uid).toBe(uid);
        expect(message.isPhone).toBe(false);
    }
    const phone = readMessage('{"type": "card", "uid": "08123456", "random": true}');
    expect(phone.isPhone).toBe(true);
});

test("only messages of the agreed form are read", () => {
    expect(readMessage('{"type": "text", "text": "Mifare[BCD14264]"}')).toEqual({
        type: "card",
        text: "Mifare[BCD14264]",
        isPhone: false,
    });
    expect(readMessage('{"type": "readers", "readers": [{"name": "A"}, 1]}')).toEqual({
        type: "readers",
        readers: ["A", "undefined"],
    });
    const long = JSON.stringify({type: "text", text: "A".repeat(257)});
    for (const data of [
        "BCD14264",
        "",
        "null",
        "[]",
        '{"type": "card"}',
        '{"type": "card", "uid": 5}',
        '{"type": "card", "uid": "BCD1426"}',
        '{"type": "card", "uid": "bcd14264"}',
        '{"type": "text", "text": ""}',
        '{"type": "paired"}',
        '{"type": "eval", "text": "x"}',
        long,
    ]) {
        expect(readMessage(data)).toBe(null, {message: data});
    }
});
