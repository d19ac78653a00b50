import {registry} from "@web/core/registry";

const query = () => new URLSearchParams(window.location.search);

/** Fill a field of a page that has no client-side framework. */
function fill(selector, value) {
    document.querySelector(selector).value = value;
}

/** The page must never be wider than the phone. */
function checkWidth() {
    const {scrollWidth, clientWidth} = document.documentElement;
    if (scrollWidth > clientWidth) {
        throw new Error(`The page scrolls sideways: ${scrollWidth} > ${clientWidth}`);
    }
}

registry.category("web_tour.tours").add("school_meal_portal_first_login", {
    steps: () => [
        {
            content: "Type what the slip from the till says",
            trigger: "form.oe_login_form",
            run() {
                checkWidth();
                fill("input[name=login]", query().get("tour_login"));
                fill("input[name=password]", query().get("tour_password"));
            },
        },
        {
            content: "Sign in",
            trigger: "form.oe_login_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Choose a password of one's own",
            trigger: "form.o_meal_first_login",
            run() {
                checkWidth();
                fill("input[name=new1]", "my-own-password");
                fill("input[name=new2]", "my-own-password");
            },
        },
        {content: "Agree", trigger: "input[name=accept]", run: "check"},
        {
            content: "Go on",
            trigger: "form.o_meal_first_login button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The balance is shown",
            trigger: ".o_meal_balance:contains('450,39')",
            run: checkWidth,
        },
    ],
});

registry.category("web_tour.tours").add("school_meal_portal_statement", {
    steps: () => [
        {
            content: "Two children in one login",
            trigger: ".o_meal_child:contains('Ivanova Anna')",
            run: checkWidth,
        },
        {
            content: "Who else looks after the child",
            trigger: ".o_meal_child:contains('Ivanov Ivan') a[href$='/relatives']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Add a grandfather with a long address",
            trigger: ".o_meal_relative_form",
            run() {
                checkWidth();
                fill("#name", "Константинопольский Александр Вячеславович");
                fill("#relation", "grandfather");
                fill("#email", "a.v.konstantinopolskij-the-elder@mail.example.com");
            },
        },
        {content: "May pay", trigger: "#may_pay", run: "check"},
        {
            content: "Add",
            trigger: ".o_meal_relative_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The grandfather is in the list",
            trigger: ".o_meal_relative:contains('Константинопольский')",
            run: checkWidth,
        },
        {
            content: "Back to the children",
            trigger: "a.btn-link[href='/my/children']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Open the statement",
            trigger: ".o_meal_child:contains('Ivanov Ivan') a[href$='/statement']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Choose a period",
            trigger: "#date_from",
            run() {
                checkWidth();
                fill("#date_from", "2026-09-01");
                fill("#date_to", "2026-09-30");
            },
        },
        {
            content: "Show",
            trigger: "form:has(#date_from) button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Charges and closing balance",
            trigger: ".o_meal_statement:contains('49,61')",
            run: checkWidth,
        },
    ],
});
