import {isLive} from "./queue";

/** What the server has in the cell of a command, in the words of `seen`. */
export function currentOf(screen, {kind, date, student, meal}) {
    const cell = screen.cells[date]?.[student];
    if (!cell) {
        return "";
    }
    if (kind === "presence") {
        return cell.absent;
    }
    return kind === "order" ? cell.orders[meal] || "" : cell.served[meal] || "";
}

/**
 * What is shown of a student on a day: the server's facts with the changes that wait.
 *
 * @returns {Object} {absent, known, until, by, served, waits,
 *     meals: {id: {on, state, set, isWithheld, waits}}}
 */
export function shownCell(screen, commands, day, student) {
    const fact = screen.cells[day.date][student];
    const shown = {...fact, waits: false, meals: {}, servedWaits: {}};
    shown.served = {...fact.served};
    for (const meal of day.meals) {
        const state = fact.orders[meal] || "";
        shown.meals[meal] = {
            state,
            on: isLive(state),
            set: fact.sets[meal],
            isWithheld: Boolean(fact.withheld[meal]),
            waits: false,
        };
    }
    for (const command of commands) {
        if (command.date === day.date && command.student === student) {
            apply(shown, command);
        }
    }
    return shown;
}

function apply(shown, {kind, meal, value}) {
    if (kind === "presence") {
        Object.assign(shown, {
            absent: value,
            known: "",
            until: "",
            by: "",
            waits: true,
        });
        for (const portion of Object.values(shown.meals)) {
            portion.on = portion.on && !value; // the server takes them off
        }
    } else if (kind === "order" && shown.meals[meal]) {
        Object.assign(shown.meals[meal], {on: value, waits: true});
    } else if (kind === "served") {
        shown.served[meal] = value;
        shown.servedWaits[meal] = true;
    }
}

/** Not at school, by a report or by what another source knows better. */
export function isAway({absent, known}) {
    return known ? known === "absent" : Boolean(absent);
}

/** Present, absent and portions of a day. */
export function countDay(screen, commands, day) {
    const counts = {present: 0, absent: 0, meals: {}, served: {}};
    for (const meal of day.meals) {
        counts.meals[meal] = counts.served[meal] = 0;
    }
    for (const {id} of screen.students) {
        const cell = shownCell(screen, commands, day, id);
        counts[isAway(cell) ? "absent" : "present"]++;
        for (const meal of day.meals) {
            counts.meals[meal] += cell.meals[meal].on ? 1 : 0;
            counts.served[meal] += cell.served[meal] ? 1 : 0;
        }
    }
    return counts;
}

/**
 * Changes that make a day like the school day before it. Who was absent then is absent
 * today too, until somebody says otherwise; for a coming day nothing is guessed of them.
 */
export function asDayBefore(screen, commands, day) {
    const before = screen.previous[day.date] || {};
    const presences = [];
    const orders = [];
    for (const {id} of screen.students) {
        const then = before[id];
        const now = shownCell(screen, commands, day, id);
        if (then?.absent) {
            if (day.is_today && !now.absent) {
                presences.push({kind: "presence", student: id, value: then.absent});
            }
        } else if (then && !now.absent) {
            for (const meal of day.meals) {
                const value = isLive(then.orders[meal]);
                if (value !== now.meals[meal].on && canToggle(now.meals[meal])) {
                    orders.push({kind: "order", student: id, meal, value});
                }
            }
        }
    }
    // neighbours of one kind are done by the server in one go
    orders.sort((a, b) => a.meal - b.meal || a.value - b.value);
    presences.sort((a, b) => a.value.localeCompare(b.value));
    return [...presences, ...orders].map((change) => ({...change, date: day.date}));
}

/** A portion that went to another child, or was written off, is nobody's to change. */
export function canToggle({state}) {
    return state !== "passed_on" && state !== "written_off";
}

/** Students whose ordered portion of a meal is not confirmed yet, and may be. */
export function toServe(screen, commands, day, meal) {
    return screen.students.filter(({id}) => {
        const cell = shownCell(screen, commands, day, id);
        const isWaiting = cell.meals[meal]?.on && !isAway(cell) && !cell.served[meal];
        return isWaiting && !cell.stops[meal];
    });
}
