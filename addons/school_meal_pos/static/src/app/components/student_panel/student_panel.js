import {Component, useState} from "@odoo/owl";
import {usePos} from "@point_of_sale/app/hooks/pos_hook";
import {toRoubles} from "@school_meal_pos/app/utils/kopecks";

/**
 * Who stands at the counter, and the one big button. Never shows a debt or a benefit:
 * other children look at this screen too.
 *
 * Seam: add-ons put their actions (card service, balance slip) into `.o_school_panel_actions`
 * by extending the template.
 */
export class StudentPanel extends Component {
    static template = "school_meal_pos.StudentPanel";
    static props = {};

    setup() {
        this.pos = usePos();
        this.till = this.pos.schoolTill;
        this.state = useState(this.till.state);
        this.network = useState(this.pos.data.network);
        this.local = useState({brokenPhoto: null});
    }

    get student() {
        return this.state.student;
    }

    get photoUrl() {
        const {id, photo} = this.student;
        const url = photo && `/school_meal_pos/photo/${id}?unique=${photo}`;
        return url === this.local.brokenPhoto ? null : url;
    }

    /** No photo without network: the initials stand for it. */
    onPhotoError() {
        this.local.brokenPhoto = this.photoUrl;
    }

    get initials() {
        return this.student.name
            .split(" ")
            .slice(0, 2)
            .map((word) => word[0])
            .join("");
    }

    get available() {
        return this.money(this.till.spendable(this.student));
    }

    get total() {
        return this.pos.getOrder()?.currencyDisplayPrice;
    }

    get cardWorks() {
        return !this.state.card || this.state.card.state === "active";
    }

    get warning() {
        const ids = this.till.cartAllergens;
        return ids.length ? this.till.allergenNames(ids) : "";
    }

    get allergies() {
        return this.till.allergenNames(this.student.allergens);
    }

    get banned() {
        const {products, categories} = this.student.bans;
        const name = (model) => (id) => this.pos.models[model].get(id)?.display_name;
        return [
            ...products.map(name("product.product")),
            ...categories.map(
                (id) => this.pos.models["product.category"].get(id)?.name
            ),
        ].filter(Boolean);
    }

    money(kopecks) {
        return this.env.utils.formatCurrency(toRoubles(kopecks));
    }

    confirmAllergens() {
        this.state.allergensConfirmed = true;
        return this.till.pay();
    }
}
