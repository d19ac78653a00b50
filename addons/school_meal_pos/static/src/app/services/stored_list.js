import {browser} from "@web/core/browser/browser";

/** A list that survives a reload and a power cut: kept in localStorage under a key. */
export class StoredList {
    /** @param {string} key one per till */
    constructor(key, storage = browser.localStorage) {
        this.key = key;
        this.storage = storage;
    }

    read() {
        try {
            return JSON.parse(this.storage.getItem(this.key)) || [];
        } catch {
            return [];
        }
    }

    /** @param {Array} items @param {Function} onFull told the error when the disk is full */
    write(items, onFull = () => {}) {
        try {
            this.storage.setItem(this.key, JSON.stringify(items));
        } catch (error) {
            onFull(error);
        }
    }
}
