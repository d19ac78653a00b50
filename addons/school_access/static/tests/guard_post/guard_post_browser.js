// @odoo-module ignore
// Run by test_guard_post_browser.py in a real browser: the page is in a frame, so that
// this script can cut its network.
/* global scenario, site */
(async () => {
    const frame = document.createElement("iframe");
    frame.style = "border: 0; position: fixed; inset: 0; width: 100%; height: 100%";
    const page = () => frame.contentDocument;
    const post = () => frame.contentWindow.guardPost;
    const find = (selector) => page().querySelector(selector);

    async function until(what, check) {
        for (let tries = 0; tries < 300; tries++) {
            if (page()?.readyState === "complete" && post() && check()) {
                return;
            }
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        throw new Error(`${what}: ${find(".gp-toast")?.textContent}`);
    }

    function assert(condition, what) {
        if (!condition) {
            throw new Error(what);
        }
    }

    async function press(selector) {
        await until(selector, () => find(selector));
        find(selector).click();
    }

    function key(code) {
        const event = new KeyboardEvent("keydown", {code, bubbles: true});
        page().body.dispatchEvent(event);
    }

    async function write(text, button) {
        await until("a dialog", () => find("dialog[open]"));
        const field = find("dialog [name=text]");
        field.value = text;
        await press(button || "dialog [type=submit]");
        await until("the dialog is gone", () => !find("dialog"));
    }

    function checkForHands() {
        const {scrollWidth, clientWidth} = page().documentElement;
        assert(scrollWidth <= clientWidth, `scrolls sideways: ${scrollWidth}`);
        for (const control of page().querySelectorAll("button, footer a, select")) {
            const {width, height} = control.getBoundingClientRect();
            const name = control.textContent;
            assert(width >= 44 && height >= 44, `small: ${name} ${width}x${height}`);
        }
    }

    const said = (text) =>
        until(text, () => find(".gp-toast").textContent.includes(text));
    const requests = (count) =>
        until(
            `${count} requests`,
            () => page().querySelectorAll(".gp-request").length === count
        );

    const scenarios = {
        async answering() {
            await requests(3);
            checkForHands();
            key("Digit1");
            await said("Opening");
            await requests(2);
            await press(".gp-request .gp-deny");
            await said("Refused");
            await requests(1);
            key("Numpad3");
            await write("With her grandmother");
            await said("Opening");
            await requests(0);
        },
        async alarmAndShift() {
            await until("an alarm", () => find(".gp-alarm-forced_door"));
            assert(!post().sounds.played, "silent before a touch");
            checkForHands();
            frame.contentWindow.dispatchEvent(new Event("pointerdown"));
            await until("a siren", () => post().sounds.played === "alarm");
            await press(".gp-alarm button");
            await until("it is taken", () => !find(".gp-alarm"));
            post().tell([{kind: "refused"}]);
            assert(post().sounds.played === "no", "a refusal is heard");
            await press(".gp-sound");
            post().sounds.played = "";
            post().tell([{kind: "refused"}]);
            assert(!post().sounds.played, "the sound is off");
            await press(".gp-end");
            await write("All well");
            await press(".gp-begin");
            await until("it has begun", () => find(".gp-end"));
            await press(".gp-foot .gp-open");
            await write("A parcel");
            await said("Opening");
            await press(".gp-foot .gp-note");
            await write("The gate sticks");
            await said("Written");
        },
        async onePassage() {
            const told = {person: 1, point: "Door", direction: "in", time: "08:00:00"};
            const feed = new (post().feed.constructor)();
            const events = [
                {...told, id: 1, kind: "pass"},
                {...told, id: 2, kind: "opened"},
                {...told, id: 3, kind: "opened", time: "08:00:09"},
                {...told, id: 4, kind: "pass", time: "08:00:10"},
            ];
            feed.merge({events, cursor: 4});
            const shown = feed.rows.map(({id, kind}) => `${id} ${kind}`).join();
            assert(shown === "4 pass,1 pass", shown);
        },
        async passes() {
            await until(
                "two passes",
                () => page().querySelectorAll(".gp-card").length === 2
            );
            const [newest, older] = page().querySelectorAll(".gp-card");
            assert(newest.classList.contains("gp-bad"), "a blocked card is red");
            assert(older.textContent.includes("Petrov"), "the pass is shown");
            await press(".gp-card .gp-photo");
            await until("the person", () => find(".gp-dialog-person[open]"));
            find("dialog").close();
            const fetch = frame.contentWindow.fetch;
            frame.contentWindow.fetch = () => Promise.reject(new TypeError("offline"));
            await until("it says so", () => find(".gp-state-lost"));
            const text = find(".gp-state").textContent;
            assert(/since \d\d:\d\d:\d\d/.test(text), text);
            frame.contentWindow.fetch = fetch;
            await until("it is back", () => find(".gp-state-live"));
            assert(page().querySelectorAll(".gp-card").length === 2, "no line doubled");
        },
    };

    try {
        document.body.append(frame);
        frame.src = `/school_access/post/${site}`;
        await until("the page", () => find(".gp-foot"));
        await scenarios[scenario]();
        // let the last poll end before the browser is closed
        window.clearTimeout(post().timer);
        post().schedule = () => {};
        await until("it is quiet", () => !post().isPolling);
        console.log("test successful");
    } catch (error) {
        console.error(`${scenario}: ${error.message}`);
    }
})();
