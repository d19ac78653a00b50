/**
 * A card reader or a 2D scanner as a keyboard: fast typing that ends with Enter.
 * What is read is turned into digests, as the server keeps them for this tablet.
 */

import {
    REMOVED,
    normalise,
    parseReaderText,
    searchKeys,
} from "../../../../school_meal_base/static/src/device/reader_text.js";

/** A reader types faster than this between two keys, people do not. */
const FAST_MS = 80;
const SHORTEST = 5;
const PAPER = /^SMP([0-9ABCDEFGHJKMNPQRSTVWXYZ]{16})$/;

export class Reader {
    /** @param {(text: string) => void} onText a whole line of a reader */
    constructor(onText) {
        this.onText = onText;
        this.text = "";
        this.last = 0;
        this.isFast = true;
        window.addEventListener("keydown", (ev) => this.onKey(ev), true);
    }

    onKey(ev) {
        if (ev.ctrlKey || ev.altKey || ev.metaKey) {
            return;
        }
        // the time of the key itself: a page that draws hears of it later
        const now = ev.timeStamp;
        if (now - this.last > FAST_MS && this.text) {
            this.text = "";
        }
        this.last = now;
        if (ev.key === "Enter") {
            const text = this.text;
            this.text = "";
            if (text.length >= SHORTEST) {
                ev.preventDefault();
                ev.stopPropagation();
                const field = document.activeElement;
                if (field && field.tagName === "INPUT") {
                    field.value = "";
                }
                this.onText(text);
            }
        } else if (ev.key.length === 1) {
            this.text += ev.key;
        }
    }
}

/**
 * Understand a reader's line.
 *
 * @returns {{keys: [string, string][], uid: string|null}|null} null: not from a card
 */
export function readText(text, options) {
    const value = normalise(text);
    const paper = PAPER.exec(value);
    if (paper) {
        return {keys: [["paper", paper[1]]], uid: null};
    }
    const reading = parseReaderText(text, options);
    if (!reading || reading.kind === REMOVED) {
        return null;
    }
    return {keys: searchKeys(reading), uid: reading.uid};
}

/** Return what stands for the number of a card on this tablet. */
export async function digestOf(salt, key, value) {
    const bytes = new TextEncoder().encode(`${salt}:${key}:${value}`);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return [...digest.slice(0, 8)]
        .map((byte) => byte.toString(16).padStart(2, "0"))
        .join("");
}
