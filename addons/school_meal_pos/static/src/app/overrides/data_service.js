import {patch} from "@web/core/utils/patch";
import {browser} from "@web/core/browser/browser";
import {rpc} from "@web/core/network/rpc";
import {PosData} from "@point_of_sale/app/services/data_service";
import {ANSWER_TIMEOUT, inTime} from "@school_meal_pos/app/services/server_line";
import {forgetDelivered} from "@school_meal_pos/app/utils/order_store";

const PING_EVERY = 3000;

patch(PosData.prototype, {
    // Core takes itself for on line before it asks, and waits for the answer without end: while
    // a provider drops packets every tap would wait again. Off line is left with an answer only.
    async checkConnectivity() {
        if (!this.models?.["pos.config"]?.getFirst()?.raw.school_id) {
            return super.checkConnectivity(...arguments);
        }
        this.schoolPing ||= this._pingSchool().finally(() => (this.schoolPing = null));
        return this.schoolPing;
    },

    async _pingSchool() {
        browser.clearTimeout(this.checkConnectivityTimeout);
        const ping = rpc("/pos/ping", {}, {silent: true});
        try {
            await inTime(ping, ANSWER_TIMEOUT);
        } catch {
            ping.abort(false);
            this.network.offline = true;
            this.checkConnectivityTimeout = browser.setTimeout(
                () => this.checkConnectivity(),
                PING_EVERY
            );
            return;
        }
        this.network.offline = false;
        this.network.warningTriggered = false;
        await this.syncData();
        window.dispatchEvent(new CustomEvent("pos-network-online"));
    },

    // Core deletes the whole database of the browser ("Reload data", or a change of the settings
    // before the next start) with the orders in it that have not arrived.
    async resetIndexedDB() {
        if (!this.indexedDB?.db) {
            return super.resetIndexedDB(...arguments);
        }
        await forgetDelivered(this.indexedDB.db, Object.keys(this.opts.databaseTable));
    },
});
