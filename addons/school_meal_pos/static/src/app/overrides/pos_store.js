import {patch} from "@web/core/utils/patch";
import {_t} from "@web/core/l10n/translation";
import {AlertDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {PosStore} from "@point_of_sale/app/services/pos_store";
import {SchoolTill} from "@school_meal_pos/app/services/school_till";

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
        if (this.schoolTill) {
            await this.schoolTill.start();
        }
        return result;
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
                          "Not sent to the server yet: %s. Wait for the network, then close" +
                              " the register again. Nothing is lost while this till stays as" +
                              " it is.",
                          count
                      ),
            });
        }
        return Boolean(count);
    },

    async _onBeforeDeleteOrder(order) {
        for (const line of order.payment_ids) {
            const isAccount =
                line.payment_method_id.use_payment_terminal === "school_account";
            if (isAccount && line.meal_student_ref && line.payment_status === "done") {
                await this.schoolTill.release(line);
            }
        }
        return super._onBeforeDeleteOrder(...arguments);
    },
});
