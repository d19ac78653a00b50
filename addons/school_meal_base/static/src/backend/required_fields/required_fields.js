import {_t} from "@web/core/l10n/translation";
import {patch} from "@web/core/utils/patch";
import {Record} from "@web/model/relational_model/record";

/**
 * Core says "Missing required fields", in English: it has no Russian translation. Here
 * the fields are named.
 */
patch(Record.prototype, {
    _displayInvalidFieldNotification() {
        const names = [...this._invalidFields].map((name) => this.fields[name].string);
        if (!names.length) {
            return super._displayInvalidFieldNotification();
        }
        const message = _t("Fill in or correct: %s.", names.join(", "));
        return this.model.notification.add(message, {type: "danger"});
    },
});
