import {askText, openDoor} from "./dialogs";
import {fill, h, replace} from "./dom";

const SITE = "guard_post:site";
const MENU_URL = "/odoo/action-school_access.access_alarm_action";
const JOURNAL_URL = "/odoo/action-school_access.access_shift_action";

/** The site that was chosen last on this computer, if the page was opened without one. */
export function rememberedSite({site, sites}) {
    const isChosen = /\/post\/\d+$/.test(window.location.pathname);
    const kept = Number(window.localStorage.getItem(SITE));
    if (isChosen) {
        window.localStorage.setItem(SITE, site.id);
    }
    const isOther = kept !== site.id && sites.some(({id}) => id === kept);
    return !isChosen && isOther ? kept : null;
}

function sitePicker({site, sites, texts}) {
    if (sites.length < 2) {
        return h("h1", {}, `${site.school}, ${site.name}`);
    }
    return h(
        "select",
        {
            class: "gp-site",
            "data-key": "site",
            "aria-label": texts.site,
            onchange: (event) => {
                window.location.href = `/school_access/post/${event.target.value}`;
            },
        },
        sites.map(({id, name}) =>
            h("option", {value: id, selected: id === site.id}, name)
        )
    );
}

function soundButton(page) {
    const {sounds, texts} = page;
    return h(
        "button",
        {
            type: "button",
            class: "gp-sound",
            "data-key": "sound",
            "aria-pressed": String(sounds.isOn),
            onclick: () => {
                sounds.toggle();
                renderHead(page);
            },
        },
        sounds.isOn ? texts.soundOn : texts.soundOff
    );
}

export function renderHead(page) {
    const {texts, counts, sounds} = page;
    replace(
        page.parts.head,
        sitePicker(page),
        h(
            "div",
            {class: "gp-counts"},
            h("span", {}, h("b", {class: "gp-inside"}, counts.inside), texts.inside),
            h("span", {}, h("b", {class: "gp-hour"}, counts.hour), texts.lastHour)
        ),
        sounds.isOn && !sounds.isUnlocked
            ? h("span", {class: "gp-touch"}, texts.touchForSound)
            : null,
        soundButton(page),
        h("a", {class: "gp-menu", href: MENU_URL, "aria-label": texts.menu}, "☰")
    );
}

/** Is what is shown true now? */
export function renderState(page) {
    const {texts, state} = page;
    const line = page.parts.state;
    line.className = `gp-state gp-state-${state.kind}`;
    const said = {
        live: `● ${texts.live}, ${page.now.now}`,
        lost: fill(texts.lost, {time: state.since}),
        signedOut: texts.signedOut,
        failed: fill(texts.failed, {message: state.message}),
    };
    const children = [said[state.kind]];
    if (state.kind === "signedOut") {
        const back = encodeURIComponent(window.location.pathname);
        children.push(" ", h("a", {href: `/web/login?redirect=${back}`}, texts.signIn));
    }
    line.replaceChildren(...children);
}

function shiftBox(page) {
    const {texts, user} = page;
    const {shift} = page.now;
    const begin = (label) =>
        h(
            "button",
            {
                type: "button",
                class: "gp-begin",
                "data-key": "begin",
                onclick: () => page.work("begin", {}),
            },
            label
        );
    if (!shift.id) {
        return [
            h("span", {class: "gp-shift"}, texts.noShift),
            shift.handover
                ? h(
                      "span",
                      {class: "gp-handover"},
                      fill(texts.handedOver, {text: shift.handover})
                  )
                : null,
            begin(texts.beginShift),
        ];
    }
    const since = {name: shift.name, time: shift.since};
    return [
        h("span", {class: "gp-shift"}, fill(texts.shiftOf, since)),
        shift.user === user
            ? h(
                  "button",
                  {
                      type: "button",
                      class: "gp-end",
                      "data-key": "end",
                      onclick: () => endShift(page),
                  },
                  texts.endShift
              )
            : begin(texts.takeOver),
    ];
}

function endShift(page) {
    askText(page, {
        title: page.texts.endShift,
        label: page.texts.handover,
        save: page.texts.endShift,
        isOptional: true,
        onsave: (text) => page.work("end", {text}),
    });
}

function writeNote(page) {
    askText(page, {
        title: page.texts.note,
        label: page.texts.noteText,
        save: page.texts.save,
        onsave: (text) => page.work("note", {text}),
    });
}

/** What a guard does besides looking. */
export function renderFoot(page) {
    const {texts, guest, evacuation} = page;
    const button = (label, name, onclick) =>
        h(
            "button",
            {type: "button", class: `gp-${name}`, "data-key": name, onclick},
            label
        );
    replace(
        page.parts.foot,
        button(texts.openDoor, "open", () => openDoor(page)),
        button(texts.note, "note", () => writeNote(page)),
        guest ? h("a", {href: guest, target: "_blank"}, texts.guest) : null,
        h(
            "a",
            {href: evacuation, target: "_blank", class: "gp-evacuation"},
            texts.evacuation
        ),
        h("a", {href: JOURNAL_URL, target: "_blank"}, texts.journal),
        h("span", {class: "gp-space"}),
        shiftBox(page)
    );
}
