import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("school_meal_day_oversight", {
    steps: () => [
        {
            content: "Only the own school is there, with a class that is late",
            trigger:
                ".o_oversight_schools tbody:not(:has(tr:nth-child(2))) button:contains(1Б)",
        },
        {
            content: "The trend is drawn",
            trigger: ".o_oversight_trend canvas",
        },
        {
            content: "A search without result leaves no row",
            trigger: ".o_oversight input[type=search]",
            run: "edit nowhere",
        },
        {
            trigger: ".o_oversight_none",
        },
        {
            trigger: ".o_oversight input[type=search]",
            run: "edit 24",
        },
        {
            content: "A number opens its records",
            trigger: ".o_oversight_schools tbody td:nth-child(6) a:contains(1)",
            run: "click",
        },
        {
            trigger:
                ".o_list_view tbody:not(:has(.o_data_row:nth-child(2))) .o_data_row",
        },
    ],
});
