// @odoo-module ignore
// Run by test_class_screen_browser.py in a real browser of a phone's width: the page is in
// a frame, so that this script survives its reload and can cut its network.
/* global scenario */
(async () => {
    const frame = document.createElement("iframe");
    frame.style = "border: 0; position: fixed; inset: 0; width: 100%; height: 100%";
    const page = () => frame.contentDocument;
    const find = (selector) => page().querySelector(selector);

    async function until(what, check) {
        for (let tries = 0; tries < 200; tries++) {
            if (
                page()?.readyState === "complete" &&
                frame.contentWindow.classScreen &&
                check()
            ) {
                return;
            }
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        const state = find(".cs-state")?.textContent;
        throw new Error(`${what} (${state}) ${JSON.stringify(pending())}`);
    }

    function assert(condition, what) {
        if (!condition) {
            throw new Error(what);
        }
    }

    const pending = () => frame.contentWindow.classScreen?.queue.all();
    const saved = () =>
        until("all is saved", () => !pending().length && find(".cs-state.cs-idle"));

    /** Tap like a thumb: on what is there, and on the screen. */
    async function tap(selector) {
        await until(selector, () => find(selector) && !find(selector).disabled);
        find(selector).click();
    }

    const student = (name) =>
        [...page().querySelectorAll(".cs-row")].findIndex((row) =>
            row.textContent.includes(name)
        ) + 1;
    const toggle = (name, column) =>
        `.cs-row:nth-child(${student(name)}) .cs-toggle:nth-child(${column})`;
    const isOn = (name, column) =>
        find(toggle(name, column)).getAttribute("aria-pressed") === "true";
    const counter = (index) =>
        find(`.cs-counters span:nth-child(${index}) b`).textContent;

    const breakNetwork = (how) => {
        const fetch = frame.contentWindow.fetch.bind(frame.contentWindow);
        frame.contentWindow.fetch = how(fetch);
        return () => {
            frame.contentWindow.fetch = fetch;
            frame.contentWindow.dispatchEvent(new Event("online"));
        };
    };
    const offline = () =>
        breakNetwork(() => () => Promise.reject(new TypeError("offline")));
    const answerLost = () =>
        breakNetwork((fetch) => async (...args) => {
            await fetch(...args);
            throw new TypeError("the answer was lost");
        });

    async function reload() {
        frame.contentWindow.classScreen = null;
        frame.contentWindow.location.reload();
        await until("the page is back", () => find(".cs-row"));
    }

    function checkForThumbs() {
        const {scrollWidth, clientWidth} = page().documentElement;
        assert(scrollWidth <= clientWidth, `scrolls sideways: ${scrollWidth}`);
        for (const control of page().querySelectorAll("button, select")) {
            const {width, height} = control.getBoundingClientRect();
            const name = control.textContent;
            assert(
                width >= 44 && height >= 44,
                `too small: ${name} ${width}x${height}`
            );
        }
    }

    const scenarios = {
        async marking() {
            checkForThumbs();
            await tap(toggle("Ivanov", 1));
            await until("meals are off", () => !isOn("Ivanov", 3));
            const select = find(".cs-reason select");
            select.value = "illness";
            select.dispatchEvent(new Event("change", {bubbles: true}));
            checkForThumbs();
            await tap(toggle("Petrov", 2));
            await until("counted", () => counter(1) === "1" && counter(2) === "1");
            await saved();
            assert(find(".cs-reason select").value === "illness", "the reason stays");
            assert(isOn("Petrov", 2), "breakfast is ordered");
            await tap("[data-key='all-present']");
            await saved();
            await until("confirmed", () => !find(".cs-todo"));
            await tap("[data-key='tab-1']");
            await tap(toggle("Petrov", 3));
            await saved();
            checkForThumbs();
        },
        async asTheDayBefore() {
            await tap("[data-key='as-yesterday']");
            await tap("[data-key='undo']"); // the second half of a double tap
            await until("lunch is on", () => isOn("Ivanov", 3) && isOn("Petrov", 3));
            await saved();
            await new Promise((resolve) => setTimeout(resolve, 800));
            await tap("[data-key='undo']");
            await until("lunch is off", () => !isOn("Ivanov", 3) && !isOn("Petrov", 3));
            await saved();
            await tap(toggle("Ivanov", 3));
            await saved();
        },
        async offlineAndReloaded() {
            let mend = offline();
            await tap(toggle("Ivanov", 2));
            await tap(toggle("Petrov", 1));
            await tap(toggle("Petrov", 1)); // by mistake: nothing is left of it
            await until("it is said", () => find(".cs-state.cs-offline.cs-unsent"));
            assert(isOn("Ivanov", 2) && isOn("Petrov", 1), "shown as entered");
            assert(pending().length === 1, "one change waits");
            await reload();
            await saved();
            assert(isOn("Ivanov", 2), "still on");

            mend = answerLost();
            await tap(toggle("Ivanov", 3));
            await until("it fails", () => find(".cs-state.cs-offline"));
            await tap(toggle("Ivanov", 3)); // off again, while the first may have arrived
            assert(pending().length === 2, "both are kept");
            mend();
            await saved();
            assert(!isOn("Ivanov", 3), "the last word counts");
        },
        async conflict() {
            const mend = offline();
            await tap(toggle("Ivanov", 1));
            await until("it waits", () => find(".cs-state.cs-offline.cs-unsent"));
            // meanwhile, on another device
            const {screen} = frame.contentWindow.classScreen;
            const [ivanov] = screen.students.filter(({name}) =>
                name.includes("Ivanov")
            );
            await fetch("/school_meal/class/run", {
                method: "POST",
                headers: {"Content-Type": "application/json"},
                body: JSON.stringify({
                    params: {
                        class_id: screen.class.id,
                        commands: [
                            {
                                uuid: crypto.randomUUID(),
                                kind: "presence",
                                date: screen.days[0].date,
                                student: ivanov.id,
                                value: "family",
                                seen: "",
                            },
                        ],
                    },
                }),
            });
            mend();
            await until("it is said", () => find(".cs-problem"));
            assert(find(".cs-problem").textContent.includes("Ivanov"), "about whom");
            checkForThumbs();
            await tap(".cs-problem button:last-child");
            await saved();
            assert(find(".cs-reason select").value === "unknown", "mine was set");
        },
        async knownElsewhere() {
            const row = (name) => `.cs-row:nth-child(${student(name)})`;
            assert(find(`${row("Petrov")} .cs-known-absent`), "it is said");
            assert(!isOn("Petrov", 1), "not here");
            assert(counter(1) === "1" && counter(2) === "1", "counted");
            assert(find(`${row("Ivanov")} .cs-withheld`), "not ordered: an allergen");
            checkForThumbs();
            await tap("[data-key='tray']");
            await tap("nav.cs-small button:last-child");
            const all = find("[data-key='all-served']").textContent;
            assert(all.endsWith("(0)"), all);
            await tap("[data-key='tab-0']");
            await tap(toggle("Petrov", 1));
            await saved();
            assert(!find(".cs-known"), "now it is reported");
            await tap(toggle("Ivanov", 3));
            await until("it is refused", () => find(".cs-problem"));
        },
        async trayStop() {
            await tap("[data-key='tray']");
            await tap("nav.cs-small button:last-child");
            const row = `.cs-row:nth-child(${student("Ivanov")})`;
            assert(!find(`${row} button`), "no button at a stop");
            checkForThumbs();
            const all = find("[data-key='all-served']").textContent;
            assert(all.endsWith("(1)"), all);
            await tap("[data-key='all-served']");
            await saved();
            const served = () => find("nav.cs-small button:last-child").textContent;
            assert(served().endsWith("1/2"), served());
            const select = find(`${row} .cs-stop select`);
            select.value = "other_dish";
            select.dispatchEvent(new Event("change"));
            await saved();
            assert(served().endsWith("2/2"), served());
        },
        async tray() {
            await tap("[data-key='tray']");
            await tap("nav.cs-small button:last-child");
            checkForThumbs();
            await tap("[data-key='all-served']");
            await saved();
            await tap(`.cs-row:nth-child(${student("Ivanov")}) .cs-wide`);
            await saved();
            const label = find("nav.cs-small button:last-child").textContent;
            assert(label.endsWith("1/2"), label);
        },
    };

    try {
        frame.src = "/school_meal/class";
        document.body.append(frame);
        await until("the page opens", () => find(".cs-row"));
        await scenarios[scenario]();
        console.log("test successful");
    } catch (error) {
        console.error(`${scenario}: ${error.message}`);
    }
})();
