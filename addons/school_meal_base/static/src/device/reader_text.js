/**
 * What a card reader types or sends, understood.
 *
 * The same rules as school_meal_base/domain/{card_uid,reader_text}.py; both sides
 * replay protocol/card_vectors.json. No import: the module also runs in node.
 *
 * @typedef {{byte_order?: "direct"|"reversed"|"rotated", bits?: 0|26|34|42,
 *            digits?: "auto"|"hex"|"decimal"|"pair"}} ReaderOptions
 * @typedef {{uid: string|null, kind: string,
 *            keys: {w26?: string, z5r?: string, dec10?: string, qr?: string}}} Reading
 */

/** Kind of the line that says the card was taken away: no card, and no product either. */
export const REMOVED = "removed";

const NO_CARD = /^(?:\d+ +)?NO CARD$/;
const PRODUCT = /^(?:\d{8}|\d{12,14})$/;
const QR = /^SM1([0-9ABCDEFGHJKMNPQRSTVWXYZ]{20})$/;
const LINE_MIFARE = /^(?:\d+ +)?MIFARE ?\[([0-9A-F]+)\]/;
const LINE_EM = /^(?:\d+ +)?EM-?MARINE ?\[([0-9A-F]{4})\] *(\d{1,3})[,./](\d{1,5})$/;
const PAIR = /^(\d{1,3})[,./](\d{1,5})$/;
const PRINTED = /^(\d{10}) +(\d{1,3})[,./](\d{1,5})$/;
const HEX = /^[0-9A-F]+$/;
const SEPARATED = /^[0-9A-F]{2}(?:[ :-][0-9A-F]{2})+$/;
const MAX_LENGTH = 80;
const UID_LENGTHS = [8, 10, 14, 20];

const RUSSIAN =
    "ёЁйцукенгшщзхъфывапролджэячсмитьбю.ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ," + '"№;:?/';
const LATIN =
    "`~qwertyuiop[]asdfghjkl;'zxcvbnm,./QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?" + "@#$^&|";
const LAYOUT = new Map([...RUSSIAN].map((char, index) => [char, LATIN[index]]));

/**
 * Return the reading of a raw text, or null when it is not from a card (product
 * barcodes, damaged lines). "No card" is a reading of kind REMOVED without keys.
 *
 * An EAN-8 barcode looks like a 4-byte UID and a UPC like a controller's number: look
 * the card up first, and treat an unknown one as a product (see isProductCode).
 *
 * @param {string} text
 * @param {ReaderOptions} [options]
 * @returns {Reading|null}
 */
export function parseReaderText(text, options = {}) {
    const reader = {byte_order: "direct", bits: 0, digits: "auto", ...options};
    const value = normalise(text);
    if (!value) {
        return null;
    }
    if (NO_CARD.test(value)) {
        return {uid: null, kind: REMOVED, keys: {}};
    }
    return (
        parseLine(value) ||
        parseQr(value) ||
        parseNumbers(value, reader) ||
        parsePlain(value, reader)
    );
}

/**
 * Tell the barcode of a product (EAN-8, UPC, EAN-13, GTIN-14) from a number that must be
 * bound to a student: digits only, with its check digit.
 *
 * @param {string} text
 * @param {ReaderOptions} [options]
 */
export function isProductCode(text, options = {}) {
    const value = normalise(text);
    if (options.digits === "hex" || !PRODUCT.test(value)) {
        return false;
    }
    const sum = [...value]
        .reverse()
        .reduce(
            (total, digit, index) => total + Number(digit) * (index % 2 ? 3 : 1),
            0
        );
    return sum % 10 === 0;
}

/**
 * Return [key, value] pairs to look a card up by, richest first. A full UID is never
 * weakened to its pair: another card may share the pair.
 *
 * @param {Reading} reading
 * @returns {[string, string][]}
 */
export function searchKeys(reading) {
    if (reading.uid) {
        return [["uid", reading.uid]];
    }
    const {keys} = reading;
    const order = keys.w26 ? ["qr", "dec10", "w26"] : ["qr", "dec10", "z5r"];
    return order.filter((key) => keys[key]).map((key) => [key, keys[key]]);
}

/**
 * Phones answer with a new random number at each tap; such a UID identifies nobody.
 *
 * @param {string} uid canonical UID
 */
export function isRandomUid(uid) {
    return uid.length === 8 && uid.startsWith("08");
}

/** Return the search keys of a canonical UID. */
export function keysOf(uid) {
    const low = lowBytes(uid) % 0x1000000;
    return {w26: pairText(low), z5r: z5rText(low), dec10: decimalText(lowFour(uid))};
}

/** Undo the Russian keyboard layout when the text shows it. */
export function undoRussianLayout(text) {
    if (!/[А-Яа-яЁё№]/.test(text)) {
        return text;
    }
    return [...text].map((char) => LAYOUT.get(char) ?? char).join("");
}

/** Trim, undo the layout, make upper case; "" for too long a text. */
export function normalise(text) {
    // eslint-disable-next-line no-control-regex
    const value = (text || "").replace(/[\x00-\x1f\x7f\xa0]/g, " ").trim();
    return value.length > MAX_LENGTH ? "" : undoRussianLayout(value).toUpperCase();
}

/** Lines of IronLogic readers say all themselves; options do not apply. */
function parseLine(text) {
    let match = LINE_MIFARE.exec(text);
    if (match) {
        const uid = uidFromBracket(match[1]);
        return [8, 14, 20].includes(uid.length) ? full(uid) : null;
    }
    match = LINE_EM.exec(text);
    if (match) {
        const number = pairNumber(match[2], match[3]);
        return number === null ? null : full(match[1] + hex(number, 6));
    }
    return null;
}

function parseQr(text) {
    const match = QR.exec(text);
    return match && {uid: null, kind: "qr", keys: {qr: match[1]}};
}

/** Decimal forms: a pair, ten digits, or ten digits and a pair. */
function parseNumbers(text, options) {
    let match = PAIR.exec(text);
    if (match) {
        const number = pairNumber(match[1], match[2]);
        return number === null ? null : short("pair", number, 3, options);
    }
    match = PRINTED.exec(text);
    if (match) {
        const number = Number(match[1]);
        const pair = pairNumber(match[2], match[3]);
        if (number > 0xffffffff || pair === null || number % 0x1000000 !== pair) {
            return null;
        }
        const decimal = short("decimal", number, 4, options);
        const {keys} = short("pair", pair, 3, options);
        return {...decimal, keys: {...decimal.keys, ...keys}};
    }
    return /^[0-9]+$/.test(text) ? parseDigits(text, options) : null;
}

/** A text of digits alone, where the reader's settings decide. */
function parseDigits(text, options) {
    if (options.digits === "pair" && text.length === 8) {
        const number = pairNumber(text.slice(0, 3), text.slice(3));
        return number === null ? null : short("pair", number, 3, options);
    }
    const shortest = options.digits === "decimal" ? 5 : 10;
    if (
        ["auto", "decimal"].includes(options.digits) &&
        text.length >= shortest &&
        text.length <= 10 &&
        Number(text) <= 0xffffffff
    ) {
        const width = options.bits === 26 ? 3 : 4;
        return short("decimal", Number(text), width, options);
    }
    return null;
}

/** Bare hex: a UID, three bytes, or the 12 digits of a controller. */
function parsePlain(text, options) {
    let value = SEPARATED.test(text) ? text.replace(/[ :-]/g, "") : text;
    if (!HEX.test(value)) {
        return null;
    }
    if (value.length === 6) {
        return short("pair", parseInt(value, 16), 3, options);
    }
    if (value.length === 12) {
        return parseZ5r(value, options);
    }
    if (!UID_LENGTHS.includes(value.length)) {
        return null;
    }
    if (options.byte_order === "reversed") {
        value = reverseBytes(value);
    } else if (options.byte_order === "rotated") {
        value = uidFromBracket(value);
    }
    return full(value);
}

function parseZ5r(text, options) {
    const significant = Math.ceil(text.replace(/^0+/, "").length / 2);
    const width = {26: 3, 34: 4, 42: 5}[options.bits] || Math.max(3, significant);
    if (width === 6) {
        return {uid: null, kind: "z5r", keys: {z5r: text}};
    }
    const number = parseInt(text, 16);
    if (width === 5) {
        return full(hex(ordered(number, 5, options), 10));
    }
    return short("z5r", number, width, options, true);
}

function full(uid) {
    return {uid, kind: uid.length === 10 ? "em_marine" : "mifare", keys: keysOf(uid)};
}

/** A reading of three or four bytes, in the reader's byte order. */
function short(kind, number, width, options, exact = false) {
    const keys = {};
    if (width === 4) {
        keys.dec10 = decimalText(ordered(number, 4, options));
    }
    if (width === 3 || (number <= 0xffffff && !exact)) {
        const low = ordered(number, 3, options);
        Object.assign(keys, {w26: pairText(low), z5r: z5rText(low)});
    }
    return {uid: null, kind, keys};
}

/** Cut a number to its low bytes, in the reader's byte order (exact below 2^53). */
function ordered(number, width, options) {
    const cut = number % 256 ** width;
    const reversed = options.byte_order === "reversed";
    return reversed ? parseInt(reverseBytes(hex(cut, 2 * width)), 16) : cut;
}

/** The bytes whose low 24 bits Wiegand-26 transmits. */
function lowBytes(uid) {
    if (uid.length === 8) {
        return parseInt(reverseBytes(uid), 16);
    }
    return parseInt(uid.length === 10 ? uid : uid.slice(0, 6), 16);
}

/** The four bytes that ten-digit readers print. */
function lowFour(uid) {
    const four = uid.length === 10 ? uid.slice(2) : reverseBytes(uid.slice(0, 8));
    return parseInt(four, 16);
}

/** IronLogic prints 7-byte UIDs as UID3..UID6 UID0..UID2. */
function uidFromBracket(bracket) {
    return bracket.length === 14 ? bracket.slice(8) + bracket.slice(0, 8) : bracket;
}

function reverseBytes(text) {
    return text.match(/../g).reverse().join("");
}

function hex(number, digits) {
    return number.toString(16).toUpperCase().padStart(digits, "0");
}

function z5rText(number) {
    return hex(number, 12);
}

function decimalText(number) {
    return String(number).padStart(10, "0");
}

function pairText(number) {
    const series = Math.floor(number / 0x10000);
    return `${String(series).padStart(3, "0")},${String(number % 0x10000).padStart(5, "0")}`;
}

function pairNumber(series, number) {
    const [high, low] = [Number(series), Number(number)];
    return high > 0xff || low > 0xffff ? null : high * 0x10000 + low;
}
