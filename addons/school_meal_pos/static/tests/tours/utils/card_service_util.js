import {run} from "@point_of_sale/../tests/generic_helpers/utils";
import * as Till from "./school_till_util";

export function open() {
    return [
        {
            content: "open the card service",
            trigger: ".product-screen .o_school_card_service",
            run: "click",
        },
        {trigger: ".o_school_card_service_popup:not(:has(input:focus))"},
    ];
}

export function close() {
    return [
        {trigger: ".o_school_card_service_popup .btn-close", run: "click"},
        {trigger: "body:not(:has(.o_school_card_service_popup))"},
    ];
}

export function shows(name, state) {
    return [
        {trigger: `.o_school_service_name:contains(${name})`},
        {trigger: `.o_school_service_state:contains(${state})`},
    ];
}

export function press(button) {
    return {trigger: `.o_school_service_${button}:not([disabled])`, run: "click"};
}

export function asks(text) {
    return {trigger: `.o_school_service_question:contains(${text})`};
}

export function says(text) {
    return {trigger: `.o_school_service_message:contains(${text})`};
}

/** Instead of the browser's print dialog: remember what would be printed. */
export function catchPrints() {
    return run(() => {
        window.print = () => {
            const slip = document.querySelector(".render-container .o_school_slip");
            const copy = slip.cloneNode(true);
            copy.className = "o_test_printed bg-white text-black p-3 border shadow";
            copy.style.cssText =
                "position:fixed;top:80px;left:40px;width:300px;z-index:9999";
            document.body.append(copy);
            window.dispatchEvent(new Event("afterprint"));
        };
    }, "catch prints");
}

export function printed(name, texts) {
    return [
        ...texts.map((text) => ({trigger: `.o_test_printed:contains(${text})`})),
        Till.screenshot(name),
        run(() => {
            document
                .querySelectorAll(".o_test_printed")
                .forEach((slip) => slip.remove());
            if (document.querySelector(".o_school_slip")) {
                throw new Error("The slip is still in the page");
            }
        }, "nothing of the slip stays in the page"),
    ];
}
