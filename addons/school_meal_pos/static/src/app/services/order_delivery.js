import {RPCError} from "@web/core/network/rpc";
import {inTime, sentenceOf} from "./server_line";

/** The server may take its time with an order, but not the till's whole day (ms). */
export const DELIVERY_TIMEOUT = 15_000;

/** Brings paid orders to the server, one at a time, until each has arrived. */
export class OrderDelivery {
    /**
     * @param {PosStore} pos
     * @param {Object} state reactive; gets `undelivered` and `refusedBy`
     * @param {ServerLine} server
     */
    constructor(pos, state, server) {
        this.pos = pos;
        this.server = server;
        this.state = state;
        this.queue = Promise.resolve();
    }

    get waiting() {
        return this.pos.models["pos.order"].filter(
            (order) => order.state === "paid" && !order.isSynced
        );
    }

    count() {
        this.state.undelivered = this.waiting.length;
        return this.state.undelivered;
    }

    /** @returns {Promise<number>} how many orders are still on this till */
    deliver() {
        this.queue = this.queue.then(() => this._deliver());
        return this.queue;
    }

    async _deliver() {
        this.state.refusedBy = "";
        for (const order of this.waiting) {
            try {
                // Force: core takes an order for clean before it knows that it arrived.
                const sending = this.pos.syncAllOrders({
                    orders: [order],
                    force: true,
                    throw: true,
                });
                await inTime(sending, DELIVERY_TIMEOUT);
            } catch (error) {
                if (!(error instanceof RPCError)) {
                    this.server.isSilent || this.server.fallSilent();
                    break;
                }
                // One refused order must not hold up the others.
                this.state.refusedBy = sentenceOf(error) || error.message;
            }
        }
        return this.count();
    }
}
