import {fill, h, replace} from "./dom";

/** What is wrong, on top until somebody takes it. */
export function renderAlarms(page) {
    replace(
        page.parts.alarms,
        page.now.alarms.map((alarm) => alarmLine(page, alarm))
    );
}

function alarmLine(page, alarm) {
    const {texts, labels} = page;
    const where = [alarm.point, alarm.kind === "silent" && alarm.controller];
    const who = [alarm.name, alarm.class];
    const often = fill(texts.times, {count: alarm.count, time: alarm.last});
    return h(
        "div",
        {class: `gp-alarm gp-alarm-${alarm.kind}`, role: "alert"},
        h(
            "div",
            {class: "gp-alarm-text"},
            h("strong", {}, labels.alarm[alarm.kind]),
            " ",
            [...where, ...who].filter(Boolean).join(", "),
            h("small", {}, alarm.count > 1 ? often : alarm.time)
        ),
        h(
            "button",
            {
                type: "button",
                "data-key": `alarm-${alarm.id}`,
                onclick: () => page.work("alarm", {id: alarm.id}),
            },
            texts.take
        )
    );
}
