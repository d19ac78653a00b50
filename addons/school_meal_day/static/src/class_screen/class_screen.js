import {h, replace} from "./dom";
import {renderFoot} from "./foot";
import {renderHead} from "./head";
import {Queue} from "./queue";
import {dayGroup, trayButton, trayStop} from "./rows";
import {renderProblems, renderState} from "./status";
import {Sync} from "./sync";
import {currentOf, isAway, shownCell} from "./view";

const WIDE = window.matchMedia("(min-width: 820px)");
const UNDO_MS = 15000;
const DOUBLE_TAP_MS = 700;

/** The page of one class: tabs for the days and the tray, a row per student. */
export class ClassScreen {
    constructor(root, {screen, classes, texts, reasons, stopReasons, locale}) {
        Object.assign(this, {root, classes, texts, reasons, stopReasons, locale});
        this.show(screen);
        const prefix = `meal_class:${screen.user}:${screen.class.id}:`;
        this.queue = new Queue(window.localStorage, prefix);
        this.tab = "0";
        this.meal = null;
        this.rows = new Map();
        this.sync = new Sync(screen.class.id, this.queue, {
            onScreen: (fresh) => {
                this.show(fresh);
                this.render();
            },
            onState: () => renderState(this),
        });
        const {root: top} = this;
        this.parts = {
            head: top.querySelector(".cs-head"),
            problems: top.querySelector(".cs-problems"),
            list: top.querySelector(".cs-list"),
            foot: top.querySelector(".cs-foot"),
        };
        WIDE.addEventListener("change", () => this.render());
        window.addEventListener("storage", () => this.render()); // another tab
        this.on = {
            change: (change) => this.change([change]),
            mayOrder: (day) => this.screen.may_order_late || !this.isLate(day),
        };
        this.render();
        this.sync.schedule(0); // what an earlier page has left
    }

    // === WHAT IS SHOWN === //

    show(screen) {
        this.screen = screen;
        this.loadedAt = Date.now();
    }

    get isTray() {
        return this.tab === "tray";
    }

    get today() {
        return this.screen.days.find((day) => day.is_today);
    }

    get day() {
        return this.isTray ? this.today : this.screen.days[Number(this.tab)];
    }

    get days() {
        if (this.isTray) {
            return [this.today];
        }
        return this.isWide ? this.screen.days : [this.day];
    }

    get isWide() {
        return WIDE.matches;
    }

    render() {
        if (!this.day) {
            this.tab = "0";
        }
        this.commands = this.queue.pending();
        renderHead(this);
        renderProblems(this);
        this.renderList();
        renderFoot(this);
        renderState(this);
    }

    open(tab) {
        this.tab = tab;
        this.render();
        window.scrollTo(0, 0);
    }

    /** A page left open crosses the cut-off too, by the server's clock. */
    isLate(day) {
        const passed = Date.now() - this.loadedAt;
        const now = new Date(this.screen.server_time).getTime() + passed;
        return day.is_late || new Date(day.cutoff).getTime() <= now;
    }

    mealName(id) {
        return this.screen.meals.find((meal) => meal.id === id).name;
    }

    // === ROWS === //

    renderList() {
        const {screen, texts, parts} = this;
        const empty = !screen.students.length
            ? texts.nobody
            : !screen.days.length
              ? texts.noDays
              : !this.days.some((day) => day.meals.length) && this.isTray
                ? texts.noMeals
                : "";
        if (empty) {
            this.rows.clear();
            replace(parts.list, h("p", {class: "cs-empty"}, empty));
            return;
        }
        const fresh = screen.students.map((student) => this.row(student));
        const isSame =
            fresh.length === parts.list.children.length &&
            fresh.every((row, index) => row === parts.list.children[index]);
        if (!isSame) {
            replace(parts.list, fresh);
        }
    }

    /** The row of a student, the same element as before when nothing has changed. */
    row(student) {
        const cells = this.days.map((day) =>
            shownCell(this.screen, this.commands, day, student.id)
        );
        const key = JSON.stringify([
            student,
            cells,
            this.days,
            this.tab,
            this.meal,
            this.days.map(this.on.mayOrder),
        ]);
        const known = this.rows.get(student.id);
        if (known?.key === key) {
            return known.row;
        }
        const row = known?.row || h("li", {class: "cs-row"});
        row.classList.toggle("cs-is-absent", isAway(cells[0]));
        replace(
            row,
            h(
                "div",
                {class: "cs-name"},
                student.name,
                student.health ? h("span", {class: "cs-health"}, student.health) : null
            ),
            this.isTray
                ? this.trayPart(student, cells[0])
                : this.dayParts(student, cells)
        );
        this.rows.set(student.id, {key, row});
        return row;
    }

    dayParts(student, cells) {
        const {texts, reasons, on, screen} = this;
        return this.days.map(
            (day, index) =>
            dayGroup({
                day, student, texts, reasons, on, cell: cells[index], meals: screen.meals,
            }) // prettier-ignore
        );
    }

    trayPart(student, cell) {
        const isReported = cell.absent && cell.known !== "present";
        if (isReported && !cell.served[this.meal]) {
            return h("div", {class: "cs-note"}, this.texts.absent);
        }
        const meal = this.screen.meals.find(({id}) => id === this.meal);
        const {texts, on, today: day} = this;
        if (cell.stops[this.meal] && !cell.served[this.meal]) {
            const reasons = this.stopReasons;
            return trayStop({day, student, meal, texts, reasons, on});
        }
        return trayButton({day, student, meal, cell, texts, on});
    }

    // === COMMANDS === //

    change(changes) {
        for (const change of changes) {
            this.queue.add({...change, seen: currentOf(this.screen, change)});
        }
        this.sync.schedule();
        this.render();
    }

    /** Many changes by one tap can be taken back by one tap. */
    changeMany(changes) {
        this.undoable = changes
            .filter(({kind}) => kind !== "confirm")
            .map((change) => ({...change, value: this.shownValue(change)}));
        this.change(changes);
        this.undoFrom = Date.now() + DOUBLE_TAP_MS;
        window.clearTimeout(this.undoTimer);
        this.undoTimer = window.setTimeout(() => this.forget(), UNDO_MS);
    }

    shownValue({kind, date, student, meal}) {
        const day = this.screen.days.find((each) => each.date === date);
        const cell = shownCell(this.screen, this.commands, day, student);
        if (kind === "presence") {
            return cell.absent;
        }
        return kind === "order" ? cell.meals[meal].on : Boolean(cell.served[meal]);
    }

    forget() {
        this.undoable = null;
        renderFoot(this);
    }

    undo() {
        if (Date.now() < this.undoFrom) {
            return; // the second half of a double tap on the button that was here
        }
        const changes = this.undoable;
        this.undoable = null;
        this.change(changes);
    }

    discard() {
        this.queue.pending().forEach((command) => this.queue.remove(command));
        this.sync.setState("idle");
        this.render();
        this.sync.refresh();
    }
}

const root = document.querySelector(".cs-page");
const data = document.querySelector("#class_screen_data");
if (root && data) {
    window.classScreen = new ClassScreen(root, JSON.parse(data.textContent));
}
