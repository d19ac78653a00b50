import {patch} from "@web/core/utils/patch";
import {_t} from "@web/core/l10n/translation";
import {REFUSAL} from "@school_meal_pos/app/utils/sale_rules";
import {SchoolTill} from "@school_meal_pos/app/services/school_till";
import {StudentPanel} from "@school_meal_pos/app/components/student_panel/student_panel";
import {CardServicePopup} from "@school_meal_pos/app/components/card_service/card_service_popup";

const NOT_ACTIVATED = ["made", "handed"];

patch(SchoolTill.prototype, {
    /** @param {Object} [who] {studentId} or {reading}; nothing: scan or search */
    openCardService(who = {}) {
        this.closeFlash();
        this.pos.dialog.add(CardServicePopup, who);
    },

    /** The card on the panel as a reading, so that the service shows this very card. */
    get shownCardReading() {
        const {card} = this.state;
        return card?.uid ? {uid: card.uid, keys: {}} : undefined;
    },

    // While the service is open, cards are held to the reader for it.
    async onReaderText(text) {
        if (this.cardService) {
            return this.cardService.onReaderText(text);
        }
        return super.onReaderText(...arguments);
    },

    refuse(refusal) {
        const {card} = this.state;
        const isNew = NOT_ACTIVATED.includes(card?.state);
        if (refusal.code === REFUSAL.CARD_BLOCKED && !refusal.message && isNew) {
            const message = _t("This card is not activated yet: press “Card service”.");
            return super.refuse({...refusal, message});
        }
        return super.refuse(...arguments);
    },
});

patch(StudentPanel.prototype, {
    get cardIsNew() {
        return NOT_ACTIVATED.includes(this.state.card?.state);
    },
});
