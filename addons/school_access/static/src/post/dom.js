/** Make an element; text is set as text, never as markup. */
export function h(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (name.startsWith("on")) {
            element.addEventListener(name.slice(2), value);
        } else if (value === true) {
            element.setAttribute(name, "");
        } else if (value !== false && value !== null && value !== undefined) {
            element.setAttribute(name, value);
        }
    }
    element.append(...children.flat().filter((child) => child || child === 0));
    return element;
}

/** Replace what an element contains; focus stays on the control with the same key. */
export function replace(element, ...children) {
    const key = document.activeElement?.dataset?.key;
    const hadFocus = key && element.contains(document.activeElement);
    element.replaceChildren(...children.flat().filter(Boolean));
    if (hadFocus) {
        element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
    }
}

/** Fill {names} of a sentence. */
export function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
