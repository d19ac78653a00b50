import {h} from "./dom";

/** A button of a row of tabs; the open one is pressed. */
export function tabButton(label, key, isOpen, onclick) {
    return h(
        "button",
        {type: "button", "data-key": key, "aria-pressed": String(isOpen), onclick},
        label
    );
}

/** A button that does something. */
export function actionButton(label, key, onclick, classes = "", disabled = false) {
    return h(
        "button",
        {type: "button", class: classes, "data-key": key, disabled, onclick},
        label
    );
}
