import {registry} from "@web/core/registry";

/**
 * Steps that choose a record in a field of a form.
 *
 * @param {String} field name of the field
 * @param {String} text what to type and to choose
 * @returns {Array}
 */
function choose(field, text) {
    return [
        {
            trigger: `.o_field_widget[name=${field}] input`,
            run: `edit ${text}`,
        },
        {
            trigger: `.o-autocomplete--dropdown-item:contains('${text}')`,
            run: "click",
        },
    ];
}

/**
 * Steps that mark a document of the checklist as brought.
 *
 * @param {String} name of the document
 * @returns {Array}
 */
function bring(name) {
    const row = `.o_field_widget[name=document_ids] .o_data_row:contains('${name}')`;
    return [
        {trigger: `${row} td[name=state]`, run: "click"},
        {trigger: `${row} td[name=state] input`, run: "click"},
        {trigger: ".o_select_menu_item:contains('Provided')", run: "click"},
        {trigger: `${row} td[name=state] input:value('Provided')`},
    ];
}

registry.category("web_tour.tours").add("school_meal_benefits_clerk", {
    steps: () => [
        {
            content: "Take in an application",
            trigger: ".o_list_button_add",
            run: "click",
        },
        ...choose("student_id", "Ivanov Ivan"),
        {
            content: "The legal representative is offered",
            trigger:
                ".o_field_widget[name=applicant_name] input:value('Ivanova Maria')",
        },
        {
            trigger: ".o_field_widget[name=applicant_snils] input",
            run: "edit 087-654-303 00",
        },
        ...choose("category_id", "ovz"),
        {
            content: "The checklist is written by the category",
            trigger:
                ".o_field_widget[name=document_ids] .o_data_row:contains('t_pmpk')",
        },
        ...bring("t_identity"),
        ...bring("t_birth"),
        ...bring("t_pmpk"),
        {
            content: "Facts of the child are filled in",
            trigger: ".o_field_widget[name=class_name]:contains('5А')",
        },
        {trigger: ".o_form_button_save", run: "click"},
        {trigger: "button[name=action_register]", run: "click"},
        {
            content: "It has a number",
            trigger: ".oe_title:contains('1')",
        },
        {trigger: "button[name=action_put_on_order]:enabled", run: "click"},
        {
            content: "The order waits for the head",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Draft')",
        },
        {
            trigger:
                ".o_field_widget[name=application_ids] .o_data_row:contains('Ivanov Ivan')",
        },
        {
            content: "The clerk cannot sign",
            trigger: "body:not(:has(button[name=action_sign]))",
        },
    ],
});

registry.category("web_tour.tours").add("school_meal_benefits_head_signs", {
    steps: () => [
        {trigger: "button[name=action_sign]", run: "click"},
        {trigger: ".modal .btn-primary", run: "click"},
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Signed')",
        },
        {trigger: ".o_field_widget[name=number]:contains('1-П')"},
    ],
});

registry.category("web_tour.tours").add("school_meal_benefits_refusal_blocked", {
    steps: () => [
        {trigger: "button[name=action_open_refusal]", run: "click"},
        {
            content: "The school has a copy of the birth certificate",
            trigger: ".modal .alert-warning:contains('the school has a copy')",
        },
        {trigger: ".modal:not(:has(button[name=action_refuse]))"},
        {trigger: ".modal button[special=cancel]", run: "click"},
        {trigger: "body:not(:has(.modal))"},
    ],
});

registry.category("web_tour.tours").add("school_meal_benefits_refusal", {
    steps: () => [
        {trigger: "button[name=action_open_refusal]", run: "click"},
        {trigger: ".modal .o_field_widget[name=missing]:contains('t_pmpk')"},
        {trigger: ".modal button[name=action_refuse]", run: "click"},
        {trigger: ".oe_title:contains('1-У')"},
    ],
});

registry.category("web_tour.tours").add("school_meal_benefits_dispatch", {
    steps: () => [
        {
            trigger: ".o_field_widget[name=address] input",
            run: "edit 457020, Plast, Mira, 5",
        },
        {
            trigger: ".o_field_widget[name=tracking_number] input",
            run: "edit 45702012345678",
        },
        {trigger: "button[name=action_dispatch]", run: "click"},
        {trigger: "body:not(:has(button[name=action_dispatch]))"},
        {trigger: ".o_field_widget[name=user_id]:contains('test_operator')"},
    ],
});
