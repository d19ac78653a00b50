import {fill, h, replace} from "./dom";
import {Queue} from "./queue";
import {dayGroup, trayButton, trayStop} from "./rows";
import {Sync} from "./sync";
import {asDayBefore, countDay, currentOf, shownCell, toServe} from "./view";

const WIDE = window.matchMedia("(min-width: 820px)");
const MENU_URL = "/odoo/action-school_meal_base.school_class_action";
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
            onState: () => this.renderState(),
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
        return WIDE.matches ? this.screen.days : [this.day];
    }

    render() {
        if (!this.day) {
            this.tab = "0";
        }
        this.commands = this.queue.pending();
        this.renderHead();
        this.renderProblems();
        this.renderList();
        this.renderFoot();
        this.renderState();
    }

    renderHead() {
        const {texts} = this;
        const tabs = this.screen.days.map((day, index) => this.tabButton(day, index));
        if (this.today) {
            tabs.push(
                this.button(texts.tray, "tray", this.isTray, () => this.open("tray"))
            );
        }
        replace(
            this.parts.head,
            h(
                "div",
                {class: "cs-title"},
                this.classPicker(),
                this.stateLine(),
                h(
                    "a",
                    {class: "cs-menu", href: MENU_URL, "aria-label": this.texts.menu},
                    "☰"
                )
            ),
            h("nav", {class: "cs-tabs"}, tabs),
            this.day ? this.dayLine() : null
        );
    }

    classPicker() {
        const {classes, screen} = this;
        if (classes.length < 2) {
            return h("h1", {}, screen.class.name);
        }
        return h(
            "select",
            {
                class: "cs-class",
                "data-key": "class",
                "aria-label": this.texts.choose,
                onchange: (event) => {
                    window.location.href = `/school_meal/class/${event.target.value}`;
                },
            },
            classes.map(({id, name}) =>
                h("option", {value: id, selected: id === screen.class.id}, name)
            )
        );
    }

    tabButton(day, index) {
        const date = new Date(`${day.date}T12:00:00`);
        const options = {weekday: "short", day: "numeric", month: "numeric"};
        const label = [
            day.is_today ? this.texts.today : this.texts.next,
            h("small", {}, date.toLocaleDateString(this.locale, options)),
        ];
        const isOpen = this.tab === String(index) || (WIDE.matches && !this.isTray);
        return this.button(label, `tab-${index}`, isOpen, () =>
            this.open(String(index))
        );
    }

    button(label, key, isOpen, onclick, classes = "") {
        const pressed = String(isOpen);
        return h(
            "button",
            {
                type: "button",
                class: classes,
                "data-key": key,
                "aria-pressed": pressed,
                onclick,
            },
            label
        );
    }

    open(tab) {
        this.tab = tab;
        this.render();
        window.scrollTo(0, 0);
    }

    dayLine() {
        const {texts, day} = this;
        let cutoff = fill(texts.openUntil, {time: day.cutoff_time});
        if (day.is_closed) {
            cutoff = texts.closed;
        } else if (this.isLate(day)) {
            cutoff = texts.cooked;
        }
        const {confirmed} = day;
        const state = confirmed
            ? fill(texts.confirmed, {time: confirmed.at, name: confirmed.by})
            : texts.notConfirmed;
        return h(
            "div",
            {class: "cs-dayline"},
            h("div", {class: this.isLate(day) ? "cs-late" : ""}, cutoff),
            day.is_today ? h("div", {class: confirmed ? "" : "cs-todo"}, state) : null,
            this.isTray ? this.mealTabs() : this.counters()
        );
    }

    /** A page left open crosses the cut-off too, by the server's clock. */
    isLate(day) {
        const passed = Date.now() - this.loadedAt;
        const now = new Date(this.screen.server_time).getTime() + passed;
        return day.is_late || new Date(day.cutoff).getTime() <= now;
    }

    counters() {
        const {texts, screen} = this;
        return this.days.map((day, index, {length}) => {
            const counts = countDay(screen, this.commands, day);
            const items = [
                [texts.present, counts.present],
                [texts.absent, counts.absent],
                ...day.meals.map((id) => [this.mealName(id), counts.meals[id]]),
            ];
            return h(
                "div",
                {class: "cs-counters", "data-day": day.date},
                length > 1 ? `${index ? texts.next : texts.today}:` : null,
                items.map(([name, count]) =>
                    h("span", {}, h("b", {}, String(count)), ` ${name}`)
                )
            );
        });
    }

    mealName(id) {
        return this.screen.meals.find((meal) => meal.id === id).name;
    }

    mealTabs() {
        const meals = this.today.meals;
        if (!meals.includes(this.meal)) {
            this.meal = meals[0] ?? null;
        }
        return h(
            "nav",
            {class: "cs-tabs cs-small"},
            meals.map((id) => {
                const {served, meals: ordered} = countDay(
                    this.screen,
                    this.commands,
                    this.today
                );
                const label = `${this.mealName(id)} ${served[id]}/${ordered[id]}`;
                return this.button(label, `meal-${id}`, id === this.meal, () => {
                    this.meal = id;
                    this.render();
                });
            })
        );
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
        row.classList.toggle("cs-is-absent", Boolean(cells[0].absent));
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
        if (cell.absent && !cell.served[this.meal]) {
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
        this.renderFoot();
    }

    undo() {
        if (Date.now() < this.undoFrom) {
            return; // the second half of a double tap on the button that was here
        }
        const changes = this.undoable;
        this.undoable = null;
        this.change(changes);
    }

    renderFoot() {
        const {texts, day} = this;
        const buttons = [];
        if (this.undoable?.length) {
            const label = fill(texts.changed, {count: this.undoable.length});
            buttons.push(h("span", {class: "cs-undo"}, label));
            buttons.push(this.action(texts.undo, "undo", () => this.undo()));
        } else if (day && !day.is_closed && this.screen.students.length) {
            buttons.push(...(this.isTray ? this.trayActions() : this.dayActions()));
        }
        replace(this.parts.foot, buttons);
    }

    dayActions() {
        const {texts, day} = this;
        const {absent} = countDay(this.screen, this.commands, day);
        const changes = asDayBefore(this.screen, this.commands, day).filter(
            ({kind, value}) => kind !== "order" || !value || this.on.mayOrder(day)
        );
        const actions = [];
        if (day.is_today) {
            const label = absent ? texts.restPresent : texts.allPresent;
            const confirm = {kind: "confirm", date: day.date, value: true};
            const main = () => this.changeMany([confirm]);
            const classes = day.confirmed ? "" : "cs-main";
            actions.push(this.action(label, "all-present", main, classes));
        }
        const disabled = !changes.length;
        const copy = () => this.changeMany(changes);
        const without = this.screen.previous[day.date] ? "sameAsBefore" : "noDayBefore";
        const label = texts[disabled ? without : "asYesterday"];
        actions.push(this.action(label, "as-yesterday", copy, "", disabled));
        return actions;
    }

    trayActions() {
        const {texts, today: day, meal} = this;
        const students = meal ? toServe(this.screen, this.commands, day, meal) : [];
        const label = `${texts.allServed} (${students.length})`;
        const serve = () =>
            this.changeMany(
                students.map(({id}) => ({
                    kind: "served", date: day.date, student: id, meal, value: true,
                })) // prettier-ignore
            );
        return [this.action(label, "all-served", serve, "cs-main", !students.length)];
    }

    action(label, key, onclick, classes = "", disabled = false) {
        const attributes = {
            type: "button",
            class: classes,
            "data-key": key,
            disabled,
            onclick,
        };
        return h("button", attributes, label);
    }

    // === WHAT BECAME OF THEM === //

    stateLine() {
        return h("div", {class: "cs-state", role: "status", "aria-live": "polite"});
    }

    renderState() {
        const {texts, sync} = this;
        const count = this.queue.pending().length;
        const {kind, message} = sync.state;
        const lines = {
            idle: count ? fill(texts.saving, {count}) : texts.saved,
            saving: fill(texts.saving, {count}),
            offline: count
                ? fill(texts.waiting, {count})
                : fill(texts.waiting, {count: 0}),
            signedOut: texts.signedOut,
            failed: fill(texts.failed, {message}),
        };
        const line = this.root.querySelector(".cs-state");
        line.className = `cs-state cs-${kind}${count ? " cs-unsent" : ""}`;
        const children = [lines[kind]];
        if (kind === "signedOut") {
            const back = encodeURIComponent(window.location.pathname);
            children.push(
                " ",
                h("a", {href: `/web/login?redirect=${back}`}, texts.signIn)
            );
        }
        if (kind === "failed" && count) {
            children.push(
                " ",
                this.action(texts.discard, "discard", () => this.discard())
            );
        }
        if (!this.queue.isKept) {
            children.push(" ", texts.notKept);
        }
        line.replaceChildren(...children);
    }

    discard() {
        this.queue.pending().forEach((command) => this.queue.remove(command));
        this.sync.setState("idle");
        this.render();
        this.sync.refresh();
    }

    renderProblems() {
        const problems = this.queue.problems();
        replace(
            this.parts.problems,
            problems.map((command) => this.problemCard(command))
        );
    }

    problemCard(command) {
        const {texts} = this;
        const student = this.screen.students.find(({id}) => id === command.student);
        const meal = this.screen.meals.find(({id}) => id === command.meal);
        const what = {
            presence: texts.presenceWord,
            confirm: texts.classWord,
        }[command.kind];
        const values = {
            name: student?.name || this.screen.class.name,
            what: what || meal?.name || "",
            message: command.problem.message,
        };
        const isConflict = command.problem.status === "conflict";
        const drop = () => {
            this.queue.remove(command);
            this.render();
        };
        const insist = () => {
            this.queue.remove(command);
            this.change([command]);
        };
        return h(
            "div",
            {class: "cs-problem", role: "alert"},
            h("p", {}, fill(isConflict ? texts.conflict : texts.refused, values)),
            isConflict
                ? [
                      this.action(texts.keepTheirs, `drop-${command.uuid}`, drop),
                      this.action(texts.setMine, `insist-${command.uuid}`, insist),
                  ]
                : this.action(texts.understood, `drop-${command.uuid}`, drop)
        );
    }
}

const root = document.querySelector(".cs-page");
const data = document.querySelector("#class_screen_data");
if (root && data) {
    window.classScreen = new ClassScreen(root, JSON.parse(data.textContent));
}
