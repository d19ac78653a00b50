import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("school_meal_base_transfer", {
    steps: () => [
        {
            content: "Move the student",
            trigger: "button.o_student_move",
            run: "click",
        },
        {
            content: "Look for a school that is not one's own",
            trigger: ".modal .o_field_widget[name=school_id] input",
            run: "edit School 25",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('School 25')",
            run: "click",
        },
        {
            content: "It chooses the class itself",
            trigger: ".modal .alert-info",
        },
        {
            trigger:
                ".modal:not(:has(.o_field_widget[name=class_id])) button[name=action_transfer]",
            run: "click",
        },
        {
            content: "The student is another school's now: back to the list",
            trigger:
                "body:not(:has(.modal)):not(:has(.o_form_view)) .o_list_view:not(:contains('Ivanov Ivan'))",
        },
    ],
});

registry.category("web_tour.tours").add("school_meal_base_leave", {
    steps: () => [
        {
            trigger: "button.o_student_leave",
            run: "click",
        },
        {
            content: "Say what happens to the money",
            trigger: ".modal td[name=disposition]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=disposition] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:eq(1)",
            run: "click",
        },
        {
            content: "Nobody is chosen beforehand; the sister is at another school",
            trigger: ".modal .o_field_widget[name=sibling_id] input",
            async run({click}) {
                if (this.anchor.value) {
                    throw new Error(`The money goes to ${this.anchor.value} already`);
                }
                await click();
            },
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Ivanova Anna')",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_leave]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});
