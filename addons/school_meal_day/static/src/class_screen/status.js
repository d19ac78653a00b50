import {actionButton} from "./buttons";
import {fill, h, replace} from "./dom";

/** What became of the changes: saved, waiting, refused or in conflict. */
export function renderState(page) {
    const {texts, sync} = page;
    const count = page.queue.pending().length;
    const {kind, message} = sync.state;
    const lines = {
        idle: count ? fill(texts.saving, {count}) : texts.saved,
        saving: fill(texts.saving, {count}),
        offline: count ? fill(texts.waiting, {count}) : fill(texts.waiting, {count: 0}),
        signedOut: texts.signedOut,
        failed: fill(texts.failed, {message}),
    };
    const line = page.root.querySelector(".cs-state");
    line.className = `cs-state cs-${kind}${count ? " cs-unsent" : ""}`;
    const children = [lines[kind]];
    if (kind === "signedOut") {
        const back = encodeURIComponent(window.location.pathname);
        children.push(" ", h("a", {href: `/web/login?redirect=${back}`}, texts.signIn));
    }
    if (kind === "failed" && count) {
        children.push(
            " ",
            actionButton(texts.discard, "discard", () => page.discard())
        );
    }
    if (!page.queue.isKept) {
        children.push(" ", texts.notKept);
    }
    line.replaceChildren(...children);
}

export function renderProblems(page) {
    const problems = page.queue.problems();
    replace(
        page.parts.problems,
        problems.map((command) => problemCard(page, command))
    );
}

function problemCard(page, command) {
    const {texts} = page;
    const student = page.screen.students.find(({id}) => id === command.student);
    const meal = page.screen.meals.find(({id}) => id === command.meal);
    const what = {
        presence: texts.presenceWord,
        confirm: texts.classWord,
    }[command.kind];
    const values = {
        name: student?.name || page.screen.class.name,
        what: what || meal?.name || "",
        message: command.problem.message,
    };
    const isConflict = command.problem.status === "conflict";
    const drop = () => {
        page.queue.remove(command);
        page.render();
    };
    const insist = () => {
        page.queue.remove(command);
        page.change([command]);
    };
    return h(
        "div",
        {class: "cs-problem", role: "alert"},
        h("p", {}, fill(isConflict ? texts.conflict : texts.refused, values)),
        isConflict
            ? [
                  actionButton(texts.keepTheirs, `drop-${command.uuid}`, drop),
                  actionButton(texts.setMine, `insist-${command.uuid}`, insist),
              ]
            : actionButton(texts.understood, `drop-${command.uuid}`, drop)
    );
}
