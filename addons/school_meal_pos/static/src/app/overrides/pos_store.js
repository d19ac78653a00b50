import {patch} from "@web/core/utils/patch";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {AlertDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {ConnectionLostError} from "@web/core/network/rpc";
import {PosStore} from "@point_of_sale/app/services/pos_store";
import {DELIVERY_TIMEOUT} from "@school_meal_pos/app/services/order_delivery";
import {SchoolTill} from "@school_meal_pos/app/services/school_till";
import {inTime} from "@school_meal_pos/app/services/server_line";

patch(PosStore.prototype, {
    async initServerData() {
        const config = this.data.models["pos.config"].getFirst();
        if (config.raw.school_id) {
            this.config = config;
            this.schoolTill = new SchoolTill(this);
        }
        return super.initServerData(...arguments);
    },

    async afterProcessServerData() {
        const result = await super.afterProcessServerData(...arguments);
        this.schoolTill?.start();
        return result;
    },

    // Everything that a school's till sends goes one way: with a time limit, one at a time.
    async syncAllOrders(options = {}) {
        if (this.schoolTill && !options.orders && !options.throw) {
            await this.schoolTill.deliver();
            return [];
        }
        const sending = super.syncAllOrders(...arguments);
        if (!this.schoolTill || options.orders) {
            return sending; // `deliver` has a time limit of its own
        }
        try {
            return await inTime(sending, DELIVERY_TIMEOUT);
        } catch (error) {
            if (error instanceof ConnectionLostError) {
                this.schoolTill.server.fallSilent();
            }
            throw error;
        }
    },

    // Core wipes the browser's database here. Orders that have not arrived would be gone, and
    // nobody would know: they are sent first, or the till stays as it is.
    async reloadData(fullReload = false) {
        if (!this.schoolTill) {
            return super.reloadData(...arguments);
        }
        if (await this.hasUndelivered()) {
            return;
        }
        await this.data.resetIndexedDB();
        const url = new URL(browser.location.href);
        if (fullReload) {
            url.searchParams.set("limited_loading", "0");
        }
        browser.location.href = url.href;
    },

    // An unpaid order stays on its till: a draft known to the server would come back from there
    // over the paid one after a reload.
    getPendingOrder() {
        const pending = super.getPendingOrder(...arguments);
        if (this.schoolTill) {
            const isPaid = (order) => order.finalized;
            pending.orderToCreate = pending.orderToCreate.filter(isPaid);
            pending.orderToUpdate = pending.orderToUpdate.filter(isPaid);
        }
        return pending;
    },

    postSyncAllOrders(orders) {
        this.schoolTill?.onDelivered(orders);
        return super.postSyncAllOrders(...arguments);
    },

    // Core lets a session close while orders are still on the till: `syncAllOrders` swallows
    // refusals there and returns the offline error instead of throwing it.
    async pushOrdersWithClosingPopup() {
        if (await this.hasUndelivered()) {
            return false;
        }
        return super.pushOrdersWithClosingPopup(...arguments);
    },

    async closeSession() {
        if (await this.hasUndelivered()) {
            return;
        }
        return super.closeSession(...arguments);
    },

    async hasUndelivered() {
        const count = this.schoolTill ? await this.schoolTill.deliver() : 0;
        if (count) {
            const reason = this.schoolTill.state.refusedBy;
            this.dialog.add(AlertDialog, {
                title: _t("Orders are still on this till"),
                body: reason
                    ? _t(
                          "Not taken by the server: %s orders. It says: “%s” Nothing is lost" +
                              " while this till stays as it is: call the administrator.",
                          count,
                          reason
                      )
                    : _t(
                          "Not sent to the server yet: %s. Wait for the network, then try" +
                              " again. Nothing is lost while this till stays as it is.",
                          count
                      ),
            });
        }
        return Boolean(count);
    },

    async _onBeforeDeleteOrder(order) {
        const till = this.schoolTill;
        for (const line of till ? order.payment_ids : []) {
            if (till.isAccount(line) && line.meal_student_ref && !order.finalized) {
                await till.release(line);
            }
        }
        return super._onBeforeDeleteOrder(...arguments);
    },
});
