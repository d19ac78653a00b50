/** The parts of the page: bar, waiting screen, notice of a new meal, result of a tap. */

import {openClass, openMenu, openRefused, openSearch} from "./panels.js";
import {button, el, fill, holdButton, refill, show, t} from "./view.js";

const MINUTE_MS = 60_000;
/** From this age on the data are marked orange, then red. */
const OLD_MS = 5 * MINUTE_MS;
const VERY_OLD_MS = 60 * MINUTE_MS;

export function ageClass(at, now = Date.now()) {
    if (!at || now - at > VERY_OLD_MS) {
        return "bad";
    }
    return now - at > OLD_MS ? "warn" : "good";
}

/** @param {import("./app.js").App} app */
export function renderBar(app) {
    const {day, queue, server} = app;
    refill(
        "place",
        el("strong", {}, day.base.school || ""),
        el("small", {}, day.base.device_name || "")
    );
    refill(
        "meals",
        ...day.meals.map(([id, _code, name]) =>
            button(name, () => app.chooseMeal(id), {
                class: id === app.meal ? "chosen" : "",
                "aria-pressed": String(id === app.meal),
            })
        )
    );
    const unsent = queue.unsent.length;
    const refused = queue.refused.length;
    const at = app.loader.ordersAt;
    const noReader = app.agentReaders.warning();
    refill(
        "marks",
        !server.isOnline &&
            el("span", {class: "mark bad", id: "offline"}, t("offline")),
        el(
            "span",
            {class: `mark ${ageClass(at, server.now())}`, id: "age"},
            at ? t("data_of", {time: app.ageText(at)}) : t("no_data")
        ),
        noReader &&
            button(noReader, () => app.agentReaders.open(), {
                class: "mark bad",
                id: "no-reader",
            }),
        unsent > 0 &&
            el(
                "span",
                {class: "mark warn", id: "unsent"},
                t("unsent", {count: unsent})
            ),
        refused > 0 &&
            button(t("refused_count", {count: refused}), () => openRefused(app), {
                class: "mark bad",
                id: "refused",
            }),
        button("⋮", () => openMenu(app), {class: "quiet", "aria-label": t("menu")})
    );
}

export function renderIdle(app) {
    renderPortions(app);
    renderPrompt(app);
    renderClasses(app);
}

function renderPortions({day, meal}) {
    const sets = meal ? day.portionsOf(meal) : [];
    const left = sets.reduce((sum, set) => sum + set.cooked - set.given, 0);
    const cooked = sets.reduce((sum, set) => sum + set.cooked, 0);
    refill(
        "left",
        el(
            "div",
            {class: `left-number ${left <= 0 ? "none" : ""}`, id: "portions"},
            left
        ),
        el("div", {class: "left-label"}, t("portions_left", {cooked})),
        sets.length > 1 &&
            el(
                "ul",
                {class: "sets"},
                ...sets.map((set) =>
                    el(
                        "li",
                        {},
                        el("span", {}, day.variantName(set.variant) || t("usual_set")),
                        el("b", {}, set.cooked - set.given)
                    )
                )
            )
    );
}

function renderPrompt(app) {
    const last = app.issuing.lastGiven();
    refill(
        "prompt",
        el("div", {class: "prompt-text"}, app.warning() || t("tap_card")),
        last &&
            el(
                "div",
                {class: "last"},
                t("last_issued", {name: app.issuing.describe(last)})
            )
    );
    document
        .getElementById("prompt")
        .classList.toggle("warned", Boolean(app.warning()));
}

function renderClasses(app) {
    const {day, meal} = app;
    refill(
        "classes",
        ...(meal ? day.classesOf(meal) : []).map(({id, name, ordered, given}) =>
            el(
                "button",
                {
                    type: "button",
                    class: ordered && given >= ordered ? "class done" : "class",
                    onclick: () => openClass(app, id),
                },
                el("b", {}, name),
                el("span", {}, `${given} / ${ordered}`)
            )
        )
    );
}

/** Say over everything else that another meal is served from now on. */
export function showMealNotice(app, before) {
    const hide = () => show("notice", false);
    fill(
        "notice",
        el("strong", {}, t("meal_now", {meal: app.mealName(app.meal)})),
        button(t("meal_back", {meal: app.mealName(before)}), () => {
            hide();
            app.chooseMeal(before);
        }),
        button(t("close"), hide, {class: "main", id: "notice-close"})
    );
    show("notice", true);
}

/**
 * Fill the whole screen with the answer to a tap.
 *
 * @param {Object} result see App.decide
 */
export function renderResult(app, result) {
    const isOk = result.verdict === "ok" || result.verdict === "guest";
    const screen = document.getElementById("result");
    screen.className = isOk ? "ok" : result.free ? "offer" : "stop";
    screen.dataset.verdict = result.verdict;
    const photo = el("div", {class: "photo", id: "photo"}, initials(result.name));
    fill(
        "result",
        photo,
        el(
            "div",
            {class: "facts"},
            el("div", {class: "verdict"}, headline(result)),
            result.detail && el("div", {class: "detail"}, result.detail),
            result.name && el("div", {class: "name"}, result.name),
            result.className && el("div", {class: "class-name"}, result.className),
            el("div", {class: "meal"}, result.mealText)
        ),
        el("div", {class: "choices"}, ...choices(app, result))
    );
    show("result", true);
    if (result.photo) {
        app.server.photo(result.student, result.photo).then((url) => {
            if (url && app.result === result) {
                const free = () => URL.revokeObjectURL(url);
                photo.replaceChildren(el("img", {src: url, alt: "", onload: free}));
            }
        });
    }
}

function headline({verdict, free}) {
    return t(free ? "verdict_free" : `verdict_${verdict}`);
}

function choices(app, result) {
    if (result.verdict === "not_recorded") {
        return [button(t("close"), () => app.clear(), {class: "main"})];
    }
    if (result.verdict === "ok" || result.verdict === "guest") {
        return [
            button(t("undo"), () => app.issuing.undo(), {class: "quiet"}),
            button(t("next"), () => app.clear(), {class: "main"}),
        ];
    }
    if (result.free) {
        return [
            button(t("not_given"), () => app.clear(), {class: "quiet", id: "refuse"}),
            button(t("hand_over"), () => app.issuing.handOver(result), {
                class: "main",
                id: "hand-over",
            }),
        ];
    }
    const list = [
        button(t("not_given"), () => app.clear(), {class: "main", id: "refuse"}),
    ];
    if (result.verdict === "unknown_card") {
        list.unshift(button(t("search"), () => openSearch(app), {class: "quiet"}));
    } else if (result.verdict === "allergen") {
        list.unshift(
            holdButton(t("hold_to_give"), () => app.issuing.askReason(result), {
                id: "override",
            })
        );
    } else if (app.day.base.override) {
        list.unshift(
            button(t("give_anyway"), () => app.issuing.askReason(result), {
                class: "quiet",
                id: "override",
            })
        );
    }
    return list;
}

function initials(name) {
    const parts = (name || "?").split(/\s+/);
    return parts
        .slice(0, 2)
        .map((part) => part[0] || "")
        .join("");
}
