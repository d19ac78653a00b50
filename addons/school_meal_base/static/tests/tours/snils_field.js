import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("school_meal_base_snils", {
    steps: () => [
        {
            content: "It stands there as in the certificate",
            trigger: ".o_field_widget[name=snils] input:value('112-233-445 95')",
        },
        {
            content: "Dashes may be left out",
            trigger: ".o_field_widget[name=snils] input",
            run: "edit 08765430300",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger:
                ".o_form_saved .o_field_widget[name=snils] input:value('087-654-303 00')",
        },
    ],
});
