import {h} from "./dom";

/** The photo of a person, or the letters of the name where there is none. */
export function photo({person, name, photo: hasPhoto}, onclick = null) {
    const letters = (name || "?")
        .split(" ")
        .slice(0, 2)
        .map((word) => word[0])
        .join("");
    const box = h(
        onclick ? "button" : "span",
        {class: "gp-photo", type: onclick && "button", onclick, "aria-label": name},
        h("span", {class: "gp-letters", "aria-hidden": "true"}, letters)
    );
    if (person && hasPhoto !== false) {
        const image = h("img", {
            src: `/school_access/post/photo/${person}`,
            alt: "",
            onerror: () => image.remove(),
        });
        box.append(image);
    }
    return box;
}

/** The colour of a line: what a guard sees from across the hall. */
function tone({kind, verdict, anomaly}) {
    if (kind === "refused") {
        return verdict === "blocked_card" || verdict === "unknown_card"
            ? "gp-bad"
            : "gp-no";
    }
    if (kind === "opened") {
        return "gp-grey";
    }
    return anomaly ? "gp-odd" : "gp-ok";
}

function words(page, {kind, verdict, anomaly}) {
    const {labels, texts} = page;
    if (kind === "opened") {
        return texts.opened;
    }
    return labels.anomaly[anomaly] || labels.verdict[verdict] || verdict;
}

/** Who this is besides the name: the class of a student, else staff or guest. */
export function whoIs(page, row) {
    return row.class || (row.person ? page.labels.person[row.who] : "") || "";
}

/** One pass. */
export function passCard(page, row) {
    const arrow = {in: "→", out: "←"}[row.direction] || "";
    const direction = page.labels.direction[row.direction] || "";
    return h(
        "article",
        {class: `gp-card ${tone(row)}`, "data-id": row.id},
        photo(row, () => page.showPerson(row)),
        h(
            "div",
            {class: "gp-card-text"},
            h("div", {class: "gp-name"}, row.name || page.texts.unknownPerson),
            h("div", {class: "gp-class"}, whoIs(page, row)),
            h("div", {class: "gp-verdict"}, words(page, row)),
            h(
                "div",
                {class: "gp-where"},
                h("b", {class: "gp-arrow"}, `${arrow} ${direction}`),
                ` ${row.point} `,
                h("time", {}, row.time)
            )
        )
    );
}

/** Show the rows with the elements that are there already: nothing grows. */
export function renderCards(page) {
    const {list} = page.parts;
    const {rows} = page.feed;
    const keys = new Set(rows.map(({key}) => key));
    for (const [key, card] of page.cards) {
        if (!keys.has(key)) {
            card.element.remove();
            page.cards.delete(key);
        }
    }
    rows.forEach((row, index) => {
        let card = page.cards.get(row.key);
        if (card?.id !== row.id) {
            card?.element.remove();
            card = {id: row.id, element: passCard(page, row)};
            page.cards.set(row.key, card);
        }
        if (list.children[index] !== card.element) {
            list.insertBefore(card.element, list.children[index] || null);
        }
    });
    page.parts.nothing.hidden = Boolean(rows.length);
}
