import {tabButton} from "./buttons";
import {fill, h, replace} from "./dom";
import {countDay} from "./view";

const MENU_URL = "/odoo/action-school_meal_base.school_class_action";

/** The top of the page: class, state of saving, tabs and what is known of the day. */
export function renderHead(page) {
    const {texts} = page;
    const tabs = page.screen.days.map((day, index) => dayTab(page, day, index));
    if (page.today) {
        tabs.push(tabButton(texts.tray, "tray", page.isTray, () => page.open("tray")));
    }
    replace(
        page.parts.head,
        h(
            "div",
            {class: "cs-title"},
            classPicker(page),
            h("div", {class: "cs-state", role: "status", "aria-live": "polite"}),
            h("a", {class: "cs-menu", href: MENU_URL, "aria-label": texts.menu}, "☰")
        ),
        h("nav", {class: "cs-tabs"}, tabs),
        page.day ? dayLine(page) : null
    );
}

function classPicker(page) {
    const {classes, screen} = page;
    if (classes.length < 2) {
        return h("h1", {}, screen.class.name);
    }
    return h(
        "select",
        {
            class: "cs-class",
            "data-key": "class",
            "aria-label": page.texts.choose,
            onchange: (event) => {
                window.location.href = `/school_meal/class/${event.target.value}`;
            },
        },
        classes.map(({id, name}) =>
            h("option", {value: id, selected: id === screen.class.id}, name)
        )
    );
}

function dayTab(page, day, index) {
    const date = new Date(`${day.date}T12:00:00`);
    const options = {weekday: "short", day: "numeric", month: "numeric"};
    const label = [
        day.is_today ? page.texts.today : page.texts.next,
        h("small", {}, date.toLocaleDateString(page.locale, options)),
    ];
    const isOpen = page.tab === String(index) || (page.isWide && !page.isTray);
    return tabButton(label, `tab-${index}`, isOpen, () => page.open(String(index)));
}

function dayLine(page) {
    const {texts, day} = page;
    let cutoff = fill(texts.openUntil, {time: day.cutoff_time});
    if (day.is_closed) {
        cutoff = texts.closed;
    } else if (page.isLate(day)) {
        cutoff = texts.cooked;
    }
    const {confirmed} = day;
    const state = confirmed
        ? fill(texts.confirmed, {time: confirmed.at, name: confirmed.by})
        : texts.notConfirmed;
    return h(
        "div",
        {class: "cs-dayline"},
        h("div", {class: page.isLate(day) ? "cs-late" : ""}, cutoff),
        day.is_today ? h("div", {class: confirmed ? "" : "cs-todo"}, state) : null,
        (day.notices || []).map(({text, kind}) =>
            h("div", {class: `cs-notice cs-notice-${kind}`, role: "status"}, text)
        ),
        page.isTray ? mealTabs(page) : counters(page)
    );
}

function counters(page) {
    const {texts, screen} = page;
    return page.days.map((day, index, {length}) => {
        const counts = countDay(screen, page.commands, day);
        const items = [
            [texts.present, counts.present],
            [texts.absent, counts.absent],
            ...day.meals.map((id) => [page.mealName(id), counts.meals[id]]),
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

function mealTabs(page) {
    const meals = page.today.meals;
    if (!meals.includes(page.meal)) {
        page.meal = meals[0] ?? null;
    }
    return h(
        "nav",
        {class: "cs-tabs cs-small"},
        meals.map((id) => {
            const {served, meals: ordered} = countDay(
                page.screen,
                page.commands,
                page.today
            );
            const label = `${page.mealName(id)} ${served[id]}/${ordered[id]}`;
            return tabButton(label, `meal-${id}`, id === page.meal, () => {
                page.meal = id;
                page.render();
            });
        })
    );
}
