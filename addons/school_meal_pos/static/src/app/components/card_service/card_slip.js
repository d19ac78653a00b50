import {Component} from "@odoo/owl";

/**
 * A narrow slip for the child's hand: the balance, or login and temporary password. No surname:
 * slips get lost.
 */
export class CardSlip extends Component {
    static template = "school_meal_pos.CardSlip";
    static props = {
        kind: String, // balance | password
        slip: Object, // answer of the server
        balance: {type: String, optional: true},
    };
}
