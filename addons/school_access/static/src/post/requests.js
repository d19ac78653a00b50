import {photo, whoIs} from "./cards";
import {askText} from "./dialogs";
import {fill, h, replace} from "./dom";

/** Who waits at a door for the guard's yes. The first one has the keys 1, 2 and 3. */
export function renderRequests(page) {
    const waiting = page.now.requests.filter(({id}) => !page.answered.has(id));
    replace(
        page.parts.requests,
        waiting.map((request, index) => requestPanel(page, request, index === 0))
    );
}

function requestPanel(page, request, isFirst) {
    const {texts, labels} = page;
    const hint = (key) => (isFirst ? h("kbd", {}, key) : null);
    const button = (label, key, name, onclick) =>
        h(
            "button",
            {
                type: "button",
                class: `gp-${name}`,
                "data-key": `${name}-${request.id}`,
                onclick,
            },
            label,
            hint(key)
        );
    const left = Math.max(
        0,
        request.seconds - Math.floor((Date.now() - page.shownAt) / 1000)
    );
    return h(
        "section",
        {class: "gp-request", "data-request": request.id},
        photo(request, () => page.showPerson(request)),
        h(
            "div",
            {class: "gp-request-text"},
            h("h2", {}, texts.asks),
            h("div", {class: "gp-name"}, request.name || texts.unknownPerson),
            h("div", {class: "gp-class"}, whoIs(page, request)),
            h(
                "div",
                {},
                `${labels.direction[request.direction] || ""}, ${request.point} `,
                h(
                    "span",
                    {class: "gp-left", "data-left": request.id},
                    fill(texts.secondsLeft, {count: left})
                )
            ),
            request.system
                ? h("div", {}, fill(texts.askedBy, {name: request.system}))
                : null
        ),
        h(
            "div",
            {class: "gp-answers"},
            button(texts.allow, "1", "allow", () => answer(page, request, true)),
            button(texts.deny, "2", "deny", () => answer(page, request, false)),
            button(texts.allowWhy, "3", "why", () => answerWhy(page, request))
        )
    );
}

/** Count down between two answers of the server. */
export function renderLeft(page) {
    for (const {id, seconds} of page.now.requests) {
        const left = seconds - Math.floor((Date.now() - page.shownAt) / 1000);
        const box = page.parts.requests.querySelector(`[data-left="${id}"]`);
        if (box) {
            box.textContent = fill(page.texts.secondsLeft, {count: Math.max(0, left)});
        }
    }
}

export async function answer(page, request, allow, text = "") {
    page.answered.add(request.id); // at once: a second press is for the next one
    renderRequests(page);
    const isDone = await page.work("verify", {id: request.id, allow, text});
    if (!isDone) {
        page.answered.delete(request.id);
        renderRequests(page);
    }
}

export function answerWhy(page, request) {
    const title = `${page.texts.allow}: ${request.name || page.texts.unknownPerson}`;
    askText(page, {
        title,
        label: page.texts.why,
        save: page.texts.allow,
        onsave: (text) => answer(page, request, true, text),
    });
}
