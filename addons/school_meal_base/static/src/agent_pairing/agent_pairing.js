import {Component, useState} from "@odoo/owl";
import {useAutofocus} from "@web/core/utils/hooks";
import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";

/** The code of the reader agent, typed once in a page of this browser. */
export class AgentPairing extends Component {
    static template = "school_meal_base.AgentPairing";
    static components = {Dialog};
    static props = {agent: Object, close: Function};

    setup() {
        this.state = useState({code: "", problem: "", busy: false});
        useAutofocus({refName: "code"});
    }

    async connect() {
        this.state.busy = true;
        const refusal = await this.props.agent.pair(this.state.code);
        this.state.busy = false;
        if (refusal) {
            this.state.problem = this.sentence(refusal);
        } else {
            this.props.close();
        }
    }

    sentence({reason, seconds}) {
        switch (reason) {
            case "code":
                return _t("This is not the code that is shown now: look once more.");
            case "wait":
                return _t("Too many wrong codes: try again in %s s.", seconds);
            case "disk":
                return _t("The reader program cannot write to the disk.");
        }
        return _t("Reader program does not answer");
    }
}
