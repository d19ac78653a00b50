/** Readers that do not type like a keyboard, through the reader agent of this computer. */

import {
    AGENT_PORT,
    ReaderAgent,
} from "../../../../school_meal_base/static/src/device/reader_agent.js";
import {playTone} from "../../../../school_meal_base/static/src/device/tones.js";
import * as store from "./store.js";
import {button, closePanel, el, openPanel, t, toast} from "./view.js";

export class AgentReaders {
    /** @param {import("./app.js").App} app */
    constructor(app) {
        this.app = app;
        this.agent = null;
        this.panel = null;
    }

    /** Only where somebody has asked for it: most pages have a keyboard reader. */
    async start() {
        const port = await store.get("reader_agent");
        if (port) {
            this.connect(port);
        }
    }

    connect(port) {
        this.agent = new ReaderAgent(port, {
            card: (text) => this.app.read(text),
            refused: (reason) => {
                playTone("no");
                toast(t(`agent_${reason}`));
            },
            changed: () => {
                this.app.render();
                this.draw();
            },
        });
        this.agent.start();
    }

    get isReady() {
        return this.agent.status === "connected" && this.agent.readers.length > 0;
    }

    /** What is wrong, for the bar; null while cards can be read or no agent is wanted. */
    warning() {
        if (!this.agent || this.isReady) {
            return null;
        }
        const isNew = this.agent.status === "pairing";
        return t(isNew ? "agent_title" : this.sentence());
    }

    sentence() {
        const {status} = this.agent;
        return status === "connected" && !this.isReady
            ? "agent_no_reader"
            : `agent_${status}`;
    }

    // === PANEL === //

    async open() {
        if (!this.agent) {
            const port = (await store.get("reader_agent")) || AGENT_PORT;
            await store.set("reader_agent", port);
            this.connect(port);
        }
        this.panel = el("div", {id: "agent"});
        openPanel(t("agent_title"), this.panel);
        this.draw();
    }

    draw() {
        if (this.panel?.isConnected) {
            this.panel.replaceChildren(
                el(
                    "p",
                    {class: "question", "data-status": this.agent.status},
                    t(this.sentence())
                ),
                ...(this.agent.status === "pairing" ? this.form() : this.list()),
                button(t("agent_off"), () => this.turnOff(), {class: "quiet"})
            );
        }
    }

    list() {
        const {readers} = this.agent;
        return readers.length
            ? [el("ul", {}, ...readers.map((name) => el("li", {}, name)))]
            : [];
    }

    form() {
        const code = el("input", {
            id: "agent-code",
            inputmode: "numeric",
            maxlength: 7,
            autocomplete: "off",
            "aria-label": t("agent_code"),
        });
        const problem = el("p", {class: "error", role: "alert"});
        const send = async () => {
            const refusal = await this.agent.pair(code.value);
            if (refusal) {
                problem.textContent = t(`agent_refused_${refusal.reason}`, refusal);
            }
        };
        const {address} = this.agent;
        return [
            el("a", {href: address, target: "_blank", rel: "noopener"}, address),
            code,
            problem,
            button(t("agent_pair"), send, {class: "main", id: "agent-pair"}),
        ];
    }

    async turnOff() {
        await store.set("reader_agent", 0);
        this.agent.stop();
        this.agent = null;
        closePanel();
        this.app.render();
    }
}
