import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("school_meal_base_required", {
    steps: () => [
        {
            trigger: ".o_field_widget[name=last_name] input",
            run: "edit Petrova",
        },
        {
            content: "Save without the first name",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The field is named",
            trigger:
                ".o_notification:contains('Fill in or correct: '):contains('First name')",
        },
        {
            trigger: ".o_form_button_cancel",
            run: "click",
        },
    ],
});
