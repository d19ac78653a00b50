import {Component, onWillUnmount, useState} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {_t} from "@web/core/l10n/translation";
import {usePos} from "@point_of_sale/app/hooks/pos_hook";
import {AgentPairing} from "@school_meal_base/agent_pairing/agent_pairing";

const MINUTE = 60_000;
const STALE_AFTER = 10 * MINUTE;

/** Age of the cards on this till, orders not delivered yet, and the offline banner. */
export class TillStatus extends Component {
    static template = "school_meal_pos.TillStatus";
    static props = {};

    setup() {
        this.pos = usePos();
        this.till = this.pos.schoolTill;
        this.state = useState(this.till.state);
        this.network = useState(this.pos.data.network);
        this.clock = useState({now: Date.now()});
        const timer = browser.setInterval(() => (this.clock.now = Date.now()), 15_000);
        onWillUnmount(() => browser.clearInterval(timer));
    }

    get offline() {
        return this.network.offline;
    }

    get age() {
        return this.state.readAt ? this.clock.now - this.state.readAt : null;
    }

    get isStale() {
        return this.age === null || this.age > STALE_AFTER;
    }

    get hasReader() {
        return this.state.agent === "connected" && this.state.agentReaders > 0;
    }

    pairAgent() {
        this.pos.dialog.add(AgentPairing, {agent: this.till.agent});
    }

    get ageText() {
        if (this.age === null) {
            return _t("no cards on this till");
        }
        const minutes = Math.max(Math.floor(this.age / MINUTE), 0);
        if (minutes < 1) {
            return _t("up to date");
        }
        return minutes < 120
            ? _t("%s min old", minutes)
            : _t("%s h old", Math.floor(minutes / 60));
    }
}
