/** Lists and questions that open over the page. */

import * as store from "./store.js";
import {button, clock, el, closePanel, openPanel, t} from "./view.js";

function studentRow(app, student) {
    const {day, meal} = app;
    const {verdict, time} = day.judge(student.id, meal);
    const status = {
        ok: t("status_ordered"),
        second: time ? t("status_given", {time: clock(time, day.base.timezone)}) : "",
        allergen: t("status_allergen"),
        taken_off: t("status_taken_off"),
        not_ordered: t("status_not_ordered"),
    }[verdict];
    const variant = day.variantName((day.orderOf(student.id, meal) || {}).variant);
    return el(
        "button",
        {
            type: "button",
            class: `student ${verdict}`,
            "data-student": student.id,
            onclick: () => app.pick(student.id),
        },
        el("b", {}, student.name),
        el("span", {}, day.classNames.get(student.classId) || ""),
        el("i", {}, [status, variant].filter(Boolean).join(", "))
    );
}

export function openSearch(app) {
    const list = el("div", {class: "students"});
    const find = (text) =>
        list.replaceChildren(
            ...(text.trim() ? app.day.search(text) : []).map((student) =>
                studentRow(app, student)
            )
        );
    const field = el("input", {
        type: "search",
        placeholder: t("search_hint"),
        autocomplete: "off",
        id: "search",
        oninput: (ev) => find(ev.target.value),
    });
    openPanel(t("search"), field, list);
    field.focus();
}

export function openClass(app, classId) {
    openPanel(
        app.day.classNames.get(classId) || "",
        el(
            "div",
            {class: "students"},
            ...app.day.studentsOf(classId).map((student) => studentRow(app, student))
        )
    );
}

export function openClasses(app) {
    openPanel(
        t("class_list"),
        el(
            "div",
            {class: "class-grid"},
            ...app.day
                .classesOf(app.meal)
                .map((item) => button(item.name, () => openClass(app, item.id)))
        )
    );
}

/** Ask for one of the reasons, as big buttons. */
export function askReason(title, reasons, onReason) {
    openPanel(
        title,
        el(
            "div",
            {class: "reasons"},
            ...reasons.map((code) =>
                button(t(`reason_${code}`), () => onReason(code), {"data-reason": code})
            )
        )
    );
}

export function openGuest(app, reasons) {
    let count = 1;
    const number = el("output", {id: "guests"}, "1");
    const step = (by) => {
        count = Math.min(20, Math.max(1, count + by));
        number.textContent = count;
    };
    openPanel(
        t("guest"),
        el(
            "div",
            {class: "stepper"},
            button("−", () => step(-1), {"aria-label": t("less")}),
            number,
            button("+", () => step(1), {"aria-label": t("more")})
        ),
        el("p", {}, t("guest_hint")),
        el(
            "div",
            {class: "reasons"},
            ...reasons.map((code) =>
                button(t(`reason_${code}`), () => app.issuing.giveGuests(code, count), {
                    "data-reason": code,
                })
            )
        )
    );
}

export function openRefused(app) {
    openPanel(
        t("refused_title"),
        el("p", {}, t("refused_hint")),
        el(
            "ul",
            {class: "refused"},
            ...app.queue.refused.map((kept) =>
                el(
                    "li",
                    {},
                    el("b", {}, app.issuing.describe(kept)),
                    el("span", {}, (kept.answer || {}).message || ""),
                    button(t("refused_done"), async () => {
                        await app.queue.settle(kept.sequence);
                        openRefused(app);
                    })
                )
            )
        ),
        button(
            t("refused_retry"),
            () => app.queue.retry().then(() => openRefused(app)),
            {
                class: "main",
            }
        )
    );
}

export function openMenu(app) {
    const readers = app.day.base.readers || [];
    const reader = el(
        "select",
        {
            id: "reader",
            onchange: async (ev) => {
                const row = readers.find(([id]) => String(id) === ev.target.value);
                app.options = row ? {...row[2], id: row[0]} : {};
                await store.set("reader", app.options);
            },
        },
        el("option", {value: ""}, t("reader_usual")),
        ...readers.map(([id, name]) =>
            el("option", {value: id, selected: id === app.options.id}, name)
        )
    );
    openPanel(
        t("menu"),
        el("label", {for: "reader"}, t("reader")),
        reader,
        el("p", {}, t("sent_so_far", {count: app.queue.unsent.length})),
        button(t("refresh"), () => app.loader.refresh(true).then(closePanel), {
            class: "main",
        }),
        button(t("full_screen"), () => document.body.requestFullscreen(), {
            class: "quiet",
        }),
        button(t("agent_title"), () => app.agentReaders.open(), {
            class: "quiet",
            id: "agent-open",
        }),
        button(t("pair_again"), () => app.pairAgain(), {class: "quiet"})
    );
}
