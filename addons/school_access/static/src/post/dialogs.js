import {photo, whoIs} from "./cards";
import {h} from "./dom";

function show(page, name, ...children) {
    const dialog = h("dialog", {class: `gp-dialog gp-dialog-${name}`}, ...children);
    dialog.addEventListener("close", () => dialog.remove());
    page.root.append(dialog);
    dialog.showModal();
    return dialog;
}

function buttons(page, save, close) {
    return h(
        "div",
        {class: "gp-buttons"},
        h("button", {type: "submit", class: "gp-primary"}, save),
        h("button", {type: "button", onclick: close}, page.texts.cancel)
    );
}

function form(onsubmit, ...children) {
    return h(
        "form",
        {
            onsubmit: (event) => {
                event.preventDefault();
                onsubmit(event.target);
            },
        },
        ...children
    );
}

/** Ask for a sentence. */
export function askText(page, {title, label, save, onsave, isOptional = false}) {
    const dialog = show(
        page,
        "text",
        form(
            (element) => {
                dialog.close();
                onsave(element.elements.text.value);
            },
            h("h2", {}, title),
            h(
                "label",
                {},
                label,
                h("textarea", {
                    name: "text",
                    rows: 3,
                    maxlength: 500,
                    required: !isOptional,
                })
            ),
            buttons(page, save, () => dialog.close())
        )
    );
    // Enter answers: whoever waits at the door does not wait for the mouse
    dialog.querySelector("textarea").addEventListener("keydown", (event) => {
        if (event.key === "Enter" && !event.shiftKey) {
            event.preventDefault();
            dialog.querySelector("form").requestSubmit();
        }
    });
}

/** Open a door by hand: which, which way, why. */
export function openDoor(page) {
    const {texts, points, labels} = page;
    const choice = (name, value, label, checked) =>
        h(
            "label",
            {class: "gp-choice"},
            h("input", {type: "radio", name, value, checked, required: true}),
            h("span", {}, label)
        );
    const dialog = show(
        page,
        "open",
        form(
            ({elements}) => {
                dialog.close();
                page.work("open", {
                    id: Number(elements.point.value),
                    direction: elements.direction.value,
                    text: elements.text.value,
                });
            },
            h("h2", {}, texts.openDoor),
            h(
                "div",
                {class: "gp-choices"},
                points.map(({id, name}) =>
                    choice("point", id, name, points.length === 1)
                )
            ),
            h(
                "div",
                {class: "gp-choices"},
                choice("direction", "in", labels.direction.in, true),
                choice("direction", "out", labels.direction.out, false)
            ),
            h(
                "label",
                {},
                texts.why,
                h("input", {name: "text", maxlength: 500, required: true})
            ),
            buttons(page, texts.open, () => dialog.close())
        )
    );
}

/** Who is this: the photo as large as the screen lets it. */
export function showPerson(page, row) {
    const dialog = show(
        page,
        "person",
        photo(row),
        h("h2", {}, row.name || page.texts.unknownPerson),
        h("p", {}, whoIs(page, row))
    );
    dialog.addEventListener("click", () => dialog.close());
}
