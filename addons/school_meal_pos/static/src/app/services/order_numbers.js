import {browser} from "@web/core/browser/browser";

/**
 * Numbers of the orders of this device, without gaps: the server misses a number when its order
 * has not arrived. See `school.till.device`.
 */
export class OrderNumbers {
    /**
     * @param {string} key of localStorage, one per till
     * @param {string} device identifier of this browser at this till
     */
    constructor(key, device, storage = browser.localStorage) {
        this.key = key;
        this.device = String(device);
        this.storage = storage;
    }

    get last() {
        try {
            const {device, number} = JSON.parse(this.storage.getItem(this.key));
            return device === this.device ? number : 0;
        } catch {
            return 0;
        }
    }

    set last(number) {
        try {
            this.storage.setItem(
                this.key,
                JSON.stringify({device: this.device, number})
            );
        } catch (error) {
            console.warn("The counter of orders could not be kept", error);
        }
    }

    /** Somebody knows of a higher number: this storage went back in time. */
    raise(number) {
        this.last = Math.max(this.last, number || 0);
    }

    give(order) {
        if (!order.meal_till_number) {
            order.meal_till_device = this.device;
            order.meal_till_number = this.last + 1;
            this.last = order.meal_till_number;
        }
    }

    /** The order was not taken after all. */
    takeBack(order) {
        if (order.meal_till_number && order.meal_till_number === this.last) {
            this.last -= 1;
            order.meal_till_number = 0;
        }
    }
}
