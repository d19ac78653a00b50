import {registry} from "@web/core/registry";

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

registry.category("web_tour.tours").add("school_access_portal", {
    steps: () => [
        {
            content: "The card says where the child is and what is new",
            trigger:
                ".o_meal_child:contains('Ivanov Ivan') .o_access_passes_link .badge",
            run: checkWidth,
        },
        {
            content: "Open the passages",
            trigger: ".o_meal_child:contains('Ivanov Ivan') .o_access_passes_link",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The child is at school, and that is news",
            trigger: ".o_access_now .o_access_inside",
            run: checkWidth,
        },
        {content: "It is new", trigger: ".o_access_row .badge:contains('new')"},
        {
            content: "To the notices",
            trigger: "a[href$='/notices']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Telegram first",
            trigger: "a[href^='/my/telegram']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Connect",
            trigger: ".o_access_telegram form button",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "A link to the bot, and its picture",
            trigger: ".o_access_open_bot[href*='t.me']",
            run: checkWidth,
        },
        {
            content: "Back to the children",
            trigger: ".o_access_telegram a[href^='/my/telegram']",
            run: () => {
                window.location.href = "/my/children";
            },
            expectUnloadPage: true,
        },
        {
            content: "To the passages again: nothing is new now",
            trigger:
                ".o_meal_child:contains('Ivanov Ivan') .o_access_passes_link:not(:has(.badge))",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "To the notices again",
            trigger: "a[href$='/notices']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "By e-mail, from seven",
            trigger: ".o_access_notices",
            run() {
                checkWidth();
                document.querySelector("#email").checked = true;
                fill("#hour_from", "07:00");
            },
        },
        {
            content: "Save",
            trigger: ".o_access_notices button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Saved; back",
            trigger: ".alert-success",
            run: checkWidth,
        },
        {
            content: "Back to the passages",
            trigger: ".o_access_page a[href$='/passes']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Let the child leave early",
            trigger: "a[href$='/leave']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Tomorrow at eleven",
            trigger: ".o_access_leave",
            run() {
                checkWidth();
                document.querySelector("#day_tomorrow").checked = true;
                fill("#clock", "11:00");
                fill(
                    "#reason",
                    "К стоматологу на приём по направлению районной поликлиники"
                );
            },
        },
        {
            content: "Permit",
            trigger: ".o_access_leave button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The permission is there",
            trigger: ".o_access_permission:contains('стоматологу')",
            run: checkWidth,
        },
    ],
});
