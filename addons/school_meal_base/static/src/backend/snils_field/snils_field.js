import {useRef} from "@odoo/owl";

import {registry} from "@web/core/registry";
import {CharField, charField} from "@web/views/fields/char/char_field";
import {useInputField} from "@web/views/fields/input_field_hook";

/** Eleven digits as they stand in the certificate: 112-233-445 95. */
function display(digits) {
    return (digits || "").replace(/^(\d{3})(\d{3})(\d{3})(\d{2})$/, "$1-$2-$3 $4");
}

/** A СНИЛС: stored as digits, shown and typed with the usual dashes. */
export class SnilsField extends CharField {
    setup() {
        this.input = useRef("input");
        useInputField({
            getValue: () => this.formattedValue,
            parse: (text) => text.replace(/[\s\-\u2010-\u2015.]/g, ""),
        });
    }

    get formattedValue() {
        return display(this.props.record.data[this.props.name]);
    }

    get maxLength() {
        return undefined; // dashes count in the input, not in the field
    }
}

registry.category("fields").add("snils", {...charField, component: SnilsField});
