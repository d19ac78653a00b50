import {h, fill} from "./dom";
import {canToggle, isAway} from "./view";

const NOTES = {
    cooked: "",
    freed: "freed",
    passed_on: "passedOn",
    written_off: "writtenOff",
};

/** A day of a student: presence, meals, and the reason when absent. */
export function dayGroup({day, student, cell, texts, meals, reasons, on}) {
    const locked = day.is_closed;
    const buttons = [
        presenceButton({day, student, cell, texts, locked, on}),
        ...day.meals.map((id) => {
            const meal = meals.find((each) => each.id === id);
            return mealButton({day, student, meal, cell, texts, locked, on});
        }),
    ];
    return h(
        "div",
        {class: "cs-day", "data-day": day.date, style: `--toggles: ${buttons.length}`},
        h("div", {class: "cs-buttons"}, buttons),
        cell.absent
            ? reasonSelect({day, student, cell, texts, reasons, locked, on})
            : null,
        cell.known ? knownNote(cell, texts) : null,
        cell.gate ? gateNote(cell.gate) : null
    );
}

/** What another source knows better than the report. */
function knownNote({known}, texts) {
    const text = known === "absent" ? texts.knownAbsent : texts.knownPresent;
    return h("div", {class: `cs-known cs-known-${known}`}, text);
}

/** What access control has seen, in the server's words. */
function gateNote({text, kind}) {
    return h("div", {class: `cs-gate cs-gate-${kind}`}, text);
}

function toggle({key, pressed, label, caption, sign, classes, disabled, onclick}) {
    return h(
        "button",
        {
            type: "button",
            class: `cs-toggle ${classes}`,
            "data-key": key,
            "aria-pressed": String(pressed),
            "aria-label": label,
            disabled,
            onclick,
        },
        h("span", {class: "cs-sign", "aria-hidden": "true"}, sign),
        h("span", {class: "cs-caption"}, caption)
    );
}

function presenceButton({day, student, cell, texts, locked, on}) {
    const here = day.confirmed ? texts.here : texts.notChecked;
    return toggle({
        key: `${day.date}-${student.id}-p`,
        pressed: !isAway(cell),
        label: `${student.name}, ${isAway(cell) ? texts.absent : texts.present}`,
        caption: isAway(cell) ? texts.notHere : day.is_today ? here : texts.here,
        sign: isAway(cell) ? "✕" : "✓",
        classes: [
            "cs-presence",
            presenceClass(cell, day),
            cell.waits ? "cs-waits" : "",
        ].join(" "),
        disabled: locked,
        onclick: () =>
            on.change({
                kind: "presence",
                date: day.date,
                student: student.id,
                value: cell.absent ? "" : "unknown",
            }),
    });
}

function presenceClass(cell, day) {
    if (isAway(cell)) {
        return "cs-absent";
    }
    return day.confirmed ? "cs-on" : day.is_today ? "cs-unknown" : "cs-expected";
}

function mealButton({day, student, meal, cell, texts, locked, on}) {
    const portion = cell.meals[meal.id];
    const note = portion.waits
        ? ""
        : portion.isWithheld
          ? texts.withheld
          : texts[NOTES[portion.state]] || "";
    const set = portion.on && portion.set;
    return toggle({
        key: `${day.date}-${student.id}-${meal.id}`,
        pressed: portion.on,
        label: [student.name, meal.name, set, note].filter(Boolean).join(", "),
        caption: note || set || meal.name,
        sign: portion.on ? "✓" : "–",
        classes: [
            portion.on ? "cs-on" : "cs-off",
            portion.isWithheld ? "cs-withheld" : "",
            portion.waits ? "cs-waits" : "",
        ].join(" "),
        disabled:
            locked ||
            !canToggle(portion) ||
            (!portion.on && (Boolean(cell.absent) || !on.mayOrder(day))),
        onclick: () =>
            on.change({
                kind: "order",
                date: day.date,
                student: student.id,
                meal: meal.id,
                value: !portion.on,
            }),
    });
}

function reasonSelect({day, student, cell, texts, reasons, locked, on}) {
    const notes = [];
    if (cell.until && cell.until > day.date) {
        notes.push(
            fill(texts.until, {date: cell.until.split("-").reverse().join(".")})
        );
    }
    if (cell.by === "parent") {
        notes.push(texts.byParent);
    }
    const select = h(
        "select",
        {
            "data-key": `${day.date}-${student.id}-r`,
            "aria-label": `${student.name}, ${texts.reason}`,
            disabled: locked,
            onchange: (event) =>
                on.change({
                    kind: "presence",
                    date: day.date,
                    student: student.id,
                    value: event.target.value,
                }),
        },
        reasons.map(({code, name}) =>
            h("option", {value: code, selected: code === cell.absent}, name)
        )
    );
    return h(
        "div",
        {class: "cs-reason"},
        select,
        notes.length ? h("span", {class: "cs-note"}, notes.join(", ")) : null
    );
}

/** A portion that must not be given, and the reasons to give it all the same. */
export function trayStop({day, student, meal, texts, reasons, on}) {
    return h(
        "div",
        {class: "cs-stop"},
        h("strong", {role: "alert"}, texts.stop),
        h(
            "select",
            {
                "data-key": `${day.date}-${student.id}-s${meal.id}`,
                "aria-label": `${student.name}, ${texts.stop}, ${texts.giveAnyway}`,
                onchange: (event) =>
                    on.change({
                        kind: "served",
                        date: day.date,
                        student: student.id,
                        meal: meal.id,
                        value: true,
                        reason: event.target.value,
                    }),
            },
            h("option", {value: "", selected: true}, texts.giveAnyway),
            reasons.map(({code, name}) => h("option", {value: code}, name))
        )
    );
}

/** A student at the table: one big button per portion. */
export function trayButton({day, student, meal, cell, texts, on}) {
    const isServed = Boolean(cell.served[meal.id]);
    const isOrdered = cell.meals[meal.id].on;
    return toggle({
        key: `${day.date}-${student.id}-s${meal.id}`,
        pressed: isServed,
        label: `${student.name}, ${isServed ? texts.served : texts.untouched}`,
        caption: cell.tapped[meal.id]
            ? texts.byCard
            : isServed
              ? texts.served
              : isAway(cell)
                ? texts.notHere
                : isOrdered
                  ? texts.untouched
                  : texts.notOrdered,
        sign: isServed ? "✓" : "–",
        classes: [
            "cs-wide",
            isServed ? "cs-on" : isOrdered ? "cs-unknown" : "cs-off",
            cell.servedWaits[meal.id] ? "cs-waits" : "",
        ].join(" "),
        disabled: Boolean(cell.tapped[meal.id]), // a tablet has it: undone there
        onclick: () =>
            on.change({
                kind: "served",
                date: day.date,
                student: student.id,
                meal: meal.id,
                value: !isServed,
            }),
    });
}
