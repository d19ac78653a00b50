import {Component, onMounted, onWillUnmount, useState} from "@odoo/owl";
import {AGENT_PORT, ReaderAgent} from "@school_meal_base/device/reader_agent";
import {AgentPairing} from "@school_meal_base/agent_pairing/agent_pairing";
import {browser} from "@web/core/browser/browser";
import {useService} from "@web/core/utils/hooks";

/** Where this browser keeps the agent's port, once somebody has asked for it. */
const KEY = "school_reader_agent";

/** Connects the reader agent of this computer; most readers type like a keyboard. */
export class ReaderButton extends Component {
    static template = "school_meal_base.ReaderButton";
    static props = {onCard: Function, onRefused: Function};

    setup() {
        this.dialog = useService("dialog");
        this.state = useState({status: "off", readers: 0});
        onMounted(() => {
            const port = Number(browser.localStorage.getItem(KEY));
            if (port) {
                this.connect(port);
            }
        });
        onWillUnmount(() => this.agent?.stop());
    }

    connect(port) {
        this.state.status = "searching";
        this.agent = new ReaderAgent(port, {
            card: (text) => this.props.onCard(text),
            refused: (reason) => this.props.onRefused(reason),
            changed: ({status, readers}) => {
                Object.assign(this.state, {status, readers: readers.length});
                if (status === "pairing" && this.isAsked) {
                    this.pair();
                }
            },
        });
        this.agent.start();
    }

    onClick() {
        this.isAsked = true;
        if (this.state.status === "off") {
            const port = Number(browser.localStorage.getItem(KEY)) || AGENT_PORT;
            browser.localStorage.setItem(KEY, port);
            this.connect(port);
        } else if (this.state.status === "pairing") {
            this.pair();
        }
    }

    pair() {
        this.isAsked = false;
        this.dialog.add(AgentPairing, {agent: this.agent});
    }

    turnOff() {
        browser.localStorage.removeItem(KEY);
        this.agent.stop();
        Object.assign(this.state, {status: "off", readers: 0});
    }
}
