import {Component, useState} from "@odoo/owl";
import {usePos} from "@point_of_sale/app/hooks/pos_hook";

/** Yes in green, no in red, across the screen: seen from the other side of the counter. */
export class ResultFlash extends Component {
    static template = "school_meal_pos.ResultFlash";
    static props = {};

    setup() {
        this.till = usePos().schoolTill;
        this.state = useState(this.till.state);
    }

    get flash() {
        return this.state.flash;
    }

    money(amount) {
        return this.env.utils.formatCurrency(amount);
    }
}
