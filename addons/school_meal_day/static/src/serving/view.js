/** What is on the screen. Text goes in as text only, never as markup. */

const words = JSON.parse(document.getElementById("words").textContent);

/** Return a sentence of the page with its values put in. */
export function t(key, values = {}) {
    return (words[key] ?? key).replace(
        /\{(\w+)\}/g,
        (_match, name) => values[name] ?? ""
    );
}

/** Make an element: el("p", {class: "x", onclick: f}, "text", child). */
export function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (name.startsWith("on")) {
            node.addEventListener(name.slice(2), value);
        } else if (value !== null && value !== false && value !== undefined) {
            node.setAttribute(name, value === true ? "" : value);
        }
    }
    node.append(...children.filter((child) => (child ?? false) !== false));
    return node;
}

export function fill(id, ...children) {
    document.getElementById(id).replaceChildren(...children.filter(Boolean));
}

/** Fill a part that is drawn again and again: a button under a finger is not replaced. */
export function refill(id, ...children) {
    const drawn = el("div", {}, ...children.filter(Boolean));
    const node = document.getElementById(id);
    if (node.innerHTML !== drawn.innerHTML) {
        node.replaceChildren(...drawn.childNodes);
    }
}

export function show(id, visible) {
    document.getElementById(id).hidden = !visible;
}

export function button(label, onclick, attributes = {}) {
    return el("button", {type: "button", onclick, ...attributes}, label);
}

/** A button that must be held for two seconds: nobody presses it by mistake. */
export function holdButton(label, onheld, attributes = {}) {
    const HOLD_MS = 2_000;
    const node = el(
        "button",
        {type: "button", ...attributes, class: `hold ${attributes.class || ""}`},
        el("span", {class: "hold-fill"}),
        el("span", {class: "hold-label"}, label)
    );
    let timer = null;
    const release = () => {
        clearTimeout(timer);
        timer = null;
        node.classList.remove("holding");
    };
    node.addEventListener("pointerdown", (ev) => {
        ev.preventDefault();
        node.classList.add("holding");
        timer = setTimeout(() => {
            release();
            onheld();
        }, HOLD_MS);
    });
    for (const name of ["pointerup", "pointerleave", "pointercancel", "contextmenu"]) {
        node.addEventListener(name, (ev) => {
            ev.preventDefault();
            release();
        });
    }
    return node;
}

export function toast(text) {
    const node = el("div", {class: "toast", role: "status"}, text);
    document.getElementById("toasts").append(node);
    setTimeout(() => node.remove(), 4_000);
}

/** Open a dialog over the page; returns a function that closes it. */
export function openPanel(title, ...children) {
    const panel = document.getElementById("panel");
    panel.replaceChildren(
        el(
            "header",
            {},
            el("h2", {}, title),
            button("✕", () => panel.close(), {
                class: "quiet close",
                "aria-label": t("close"),
            })
        ),
        el("div", {class: "panel-body"}, ...children)
    );
    if (!panel.open) {
        panel.showModal();
    }
    return () => panel.close();
}

export function closePanel() {
    document.getElementById("panel").close();
}

/** Local time of the school, as people write it. */
export function clock(time, timezone) {
    return new Date(time).toLocaleTimeString("ru-RU", {
        hour: "2-digit",
        minute: "2-digit",
        timeZone: timezone || undefined,
    });
}
