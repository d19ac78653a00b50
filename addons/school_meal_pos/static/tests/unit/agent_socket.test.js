import {describe, expect, test} from "@odoo/hoot";
import {readMessage} from "@school_meal_pos/app/utils/card_reader/agent_socket";

describe.current.tags("headless");

test("only messages of the agreed form are read", () => {
    expect(readMessage('{"type": "card", "text": "BCD14264"}')).toEqual({
        type: "card",
        text: "BCD14264",
    });
    expect(readMessage('{"type": "removed", "more": 1}')).toEqual({type: "removed"});
    const long = JSON.stringify({type: "card", text: "A".repeat(257)});
    for (const data of [
        "BCD14264",
        "",
        "null",
        "[]",
        '{"type": "card"}',
        '{"type": "card", "text": 5}',
        '{"type": "card", "text": ""}',
        '{"type": "eval", "text": "x"}',
        long,
    ]) {
        expect(readMessage(data)).toBe(null, {message: data});
    }
});
