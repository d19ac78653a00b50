import {actionButton} from "./buttons";
import {fill, h, replace} from "./dom";
import {asDayBefore, countDay, shownCell, toServe} from "./view";

/** The bottom of the page: what is done for a whole class by one tap. */
export function renderFoot(page) {
    const {texts, day} = page;
    const buttons = [];
    if (page.undoable?.length) {
        const label = fill(texts.changed, {count: page.undoable.length});
        buttons.push(h("span", {class: "cs-undo"}, label));
        buttons.push(actionButton(texts.undo, "undo", () => page.undo()));
    } else if (day && !day.is_closed && page.screen.students.length) {
        buttons.push(...(page.isTray ? trayActions(page) : dayActions(page)));
    }
    replace(page.parts.foot, buttons);
}

function dayActions(page) {
    const {texts, day} = page;
    const {absent} = countDay(page.screen, page.commands, day);
    const changes = asDayBefore(page.screen, page.commands, day).filter(
        ({kind, value}) => kind !== "order" || !value || page.on.mayOrder(day)
    );
    const actions = [];
    const missing = missingToReport(page);
    if (missing.length) {
        const text = fill(texts.reportMissing, {count: missing.length});
        const report = () => page.changeMany(missing);
        actions.push(actionButton(text, "report-missing", report, "cs-missing"));
    }
    if (day.is_today) {
        const label = absent ? texts.restPresent : texts.allPresent;
        const confirm = {kind: "confirm", date: day.date, value: true};
        const main = () => page.changeMany([confirm]);
        const classes = day.confirmed ? "" : "cs-main";
        actions.push(actionButton(label, "all-present", main, classes));
    }
    const disabled = !changes.length;
    const copy = () => page.changeMany(changes);
    const without = page.screen.previous[day.date] ? "sameAsBefore" : "noDayBefore";
    const label = texts[disabled ? without : "asYesterday"];
    actions.push(actionButton(label, "as-yesterday", copy, "", disabled));
    return actions;
}

/** Reports of children who are known not to be here, and nobody has reported. */
function missingToReport({screen, commands, day}) {
    return screen.students
        .filter(({id}) => {
            const cell = shownCell(screen, commands, day, id);
            return day.is_today && cell.known === "absent" && !cell.absent;
        })
        .map(({id}) => ({
            kind: "presence",
            date: day.date,
            student: id,
            value: "unknown",
        }));
}

function trayActions(page) {
    const {texts, today: day, meal} = page;
    const students = meal ? toServe(page.screen, page.commands, day, meal) : [];
    const label = `${texts.allServed} (${students.length})`;
    const serve = () =>
        page.changeMany(
            students.map(({id}) => ({
                kind: "served", date: day.date, student: id, meal, value: true,
            })) // prettier-ignore
        );
    return [actionButton(label, "all-served", serve, "cs-main", !students.length)];
}
