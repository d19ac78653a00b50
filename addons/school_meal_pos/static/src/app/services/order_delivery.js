import {RPCError} from "@web/core/network/rpc";

/** Brings paid orders to the server, one at a time, until each has arrived. */
export class OrderDelivery {
    /**
     * @param {PosStore} pos
     * @param {Object} state reactive; gets `undelivered` and `refusedBy`
     */
    constructor(pos, state) {
        this.pos = pos;
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
                await this.pos.syncAllOrders({
                    orders: [order],
                    force: true,
                    throw: true,
                });
            } catch (error) {
                if (!(error instanceof RPCError)) {
                    break;
                }
                // One refused order must not hold up the others.
                this.state.refusedBy = error.data?.message || error.message;
            }
        }
        return this.count();
    }
}
