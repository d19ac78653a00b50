/**
 * The serving page. A tap is decided here and now, by the data on the tablet; the server
 * is told afterwards and is never waited for.
 */

import {playTone} from "../../../../school_meal_base/static/src/device/tones.js";
import {Day} from "./day.js";
import {pair} from "./pairing.js";
import {Queue} from "./queue.js";
import {digestOf, readText, Reader} from "./reader.js";
import * as screens from "./screens.js";
import {Refused, Server} from "./server.js";
import * as store from "./store.js";
import {
    button,
    clock,
    closePanel,
    el,
    fill,
    openPanel,
    show,
    t,
    toast,
} from "./view.js";

const REFRESH_MS = 30_000;
/** Students and names change rarely: looked at every tenth time. */
const FULL_EVERY = 10;
/** A card that stays on the reader is one tap. */
const SAME_TAP_MS = 2_500;
const GREEN_MS = 6_000;
/** From here on the clock of the tablet is so wrong that somebody must set it. */
const CLOCK_WRONG_MS = 10 * 60_000;
/** So many photos that do not come: the network is gone. */
const PHOTO_FAILURES = 3;
const PARTS = ["base", "students", "orders", "issued"];

const REASONS = {
    default: ["order_mistake", "surplus", "teacher_asks", "other"],
    second: ["surplus", "spilled", "other"],
    allergen: ["other_dish", "medic_confirmed"],
    guest: ["staff", "visitor", "inspection"],
};

export class App {
    constructor() {
        this.server = new Server();
        this.queue = new Queue(this.server, () => this.recount());
        this.day = new Day("", {});
        this.meal = null;
        /** The meal that the hour called for when `meal` was set, by hand or not. */
        this.usual = null;
        this.keeping = 0;
        this.result = null;
        this.ordersAt = 0;
        this.refreshes = 0;
        this.options = {};
    }

    // === LIFE === //

    async start() {
        if (!window.crypto.subtle || !navigator.serviceWorker) {
            fill("pairing", el("h1", {}, t("needs_https")));
            show("pairing", true);
            return;
        }
        this.watchVersion();
        if (navigator.storage && navigator.storage.persist) {
            navigator.storage.persist();
        }
        let pairing = await store.get("pairing");
        if (!pairing) {
            pairing = await pair(this.server);
        }
        await this.open(pairing);
        this.reader = new Reader((text) => this.read(text));
        window.addEventListener("online", () => this.refresh());
        document.addEventListener("visibilitychange", () => {
            if (!document.hidden) {
                this.render(); // it slept: another meal may be served by now
                this.refresh();
            }
        });
        window.addEventListener("offline", () => {
            this.server.isOnline = false;
            this.render();
        });
        setInterval(() => this.refresh(), REFRESH_MS);
        setInterval(() => this.render(), 5_000);
        document.getElementById("panel").addEventListener("close", () => this.render());
        document.body.dataset.ready = "1";
    }

    async open(pairing) {
        this.pairing = pairing;
        this.server.token = pairing.token;
        this.options = (await store.get("reader")) || {};
        await this.queue.load();
        await this.loadDay(this.today());
        this.refresh(true);
    }

    /** New code comes with the next full refresh; it is used once nobody is served. */
    async watchVersion() {
        const worker = navigator.serviceWorker;
        let hasCode = Boolean(worker.controller);
        worker.addEventListener("controllerchange", () => {
            this.isReloadDue = hasCode; // the first one is no update
            hasCode = true;
            this.render();
        });
        this.registration = await worker
            .register("/school_meal/serve/sw.js", {scope: "/school_meal/serve"})
            .catch(() => null);
    }

    /** Nobody is in the middle of something. */
    isIdle() {
        return !(
            this.result ||
            this.keeping ||
            this.isPairing ||
            document.getElementById("panel").open
        );
    }

    today() {
        const timeZone = this.pairing.timezone || undefined;
        return new Date(this.server.now()).toLocaleDateString("sv-SE", {timeZone});
    }

    /** Take the day from the disk: what the tablet opens with after a power cut. */
    async loadDay(date) {
        const parts = {};
        let at = 0;
        for (const part of PARTS) {
            const isOfAll = part === "base" || part === "students";
            const kept = await store.get(isOfAll ? part : `day:${date}:${part}`);
            parts[part] = kept && kept.content;
            if (part === "orders" && kept) {
                at = kept.at;
            }
        }
        if (date !== this.day.date) {
            this.meal = null;
        }
        this.day = new Day(date, parts);
        this.ordersAt = at;
        this.recount();
    }

    // === DATA === //

    async refresh(isFull = false) {
        if (this.isPairing) {
            return;
        }
        const date = this.today();
        if (date !== this.day.date) {
            await this.loadDay(date);
        }
        this.queue.send();
        if (this.isRefreshing) {
            return;
        }
        this.isRefreshing = true;
        let isOtherDay = false;
        try {
            const all = isFull || this.refreshes % FULL_EVERY === 0;
            await this.fetchDay(date, all ? PARTS : ["orders", "issued"], true);
            this.refreshes += 1;
            // the server has told the time: the tablet may have taken the wrong day
            isOtherDay = this.today() !== date;
            if (all && !isOtherDay) {
                if (this.registration) {
                    this.registration.update().catch(() => null);
                }
                await this.fetchAhead();
            }
        } catch (error) {
            if (error instanceof Refused && error.status === 401) {
                this.isRevoked = true;
            }
        } finally {
            this.isRefreshing = false;
            this.recount();
        }
        if (isOtherDay) {
            await this.refresh(true);
        }
    }

    /** Get the parts of a day that have changed, keep them, show them. */
    async fetchDay(date, parts, isShown) {
        const known = {};
        for (const part of parts) {
            const kept = await store.get(this.partKey(date, part));
            if (kept) {
                known[part] = kept.digest;
            }
        }
        const answer = await this.server.call("day", {date, parts, known});
        this.isRevoked = false;
        await store.raiseSequence(answer.next_sequence);
        const at = this.server.now();
        for (const part of parts) {
            const key = this.partKey(date, part);
            if (answer[part]) {
                const digest = answer.digests[part];
                await store.set(key, {at, digest, content: answer[part]});
            } else {
                await store.set(key, {...(await store.get(key)), at});
            }
        }
        this.nextDate = answer.next_date;
        if (isShown) {
            await this.loadDay(date);
        }
    }

    partKey(date, part) {
        return part === "base" || part === "students" ? part : `day:${date}:${part}`;
    }

    /** Tomorrow may begin without network: its orders and all photos come today. */
    async fetchAhead() {
        await store.forgetDaysBefore(this.day.date);
        if (this.nextDate) {
            await this.fetchDay(this.nextDate, ["orders", "issued"], false);
        }
        this.getPhotos(); // minutes on a slow line: nobody waits for it
    }

    async getPhotos() {
        if (this.isGettingPhotos) {
            return;
        }
        this.isGettingPhotos = true;
        try {
            let failures = 0;
            for (const {id, photo} of this.day.students.values()) {
                if (photo && !(await this.server.hasPhoto(id, photo))) {
                    const url = await this.server.photo(id, photo);
                    failures = url ? 0 : failures + 1;
                    if (failures === PHOTO_FAILURES) {
                        break;
                    }
                    URL.revokeObjectURL(url);
                }
            }
        } catch {
            // No room for more photos: the initials are shown instead.
        } finally {
            this.isGettingPhotos = false;
        }
    }

    recount() {
        this.day.count(this.queue.ofDay(this.day.date));
        if (!this.isMeal(this.meal)) {
            this.meal = this.usual = this.day.usualMeal(this.hour());
        }
        this.render();
    }

    /**
     * Go on to the next meal when its hour comes, and say so. A meal that was chosen by
     * hand stays until then.
     */
    advanceMeal() {
        const usual = this.day.usualMeal(this.hour());
        if (!this.isMeal(this.meal) || usual === this.usual) {
            return;
        }
        this.usual = usual;
        const before = this.meal;
        if (usual !== before) {
            this.meal = usual;
            playTone("yes");
            screens.showMealNotice(this, before);
        }
    }

    mealName(meal) {
        const row = this.day.meals.find(([id]) => id === meal);
        return row ? row[2] : "";
    }

    render() {
        if (this.isIdle()) {
            if (this.isReloadDue) {
                window.location.reload();
                return;
            }
            this.advanceMeal();
        }
        screens.renderBar(this);
        screens.renderIdle(this);
        document.getElementById("undo").disabled = !this.lastGiven();
    }

    isMeal(meal) {
        return this.day.meals.some(([id]) => id === meal);
    }

    hour() {
        const time = clock(this.server.now(), this.day.base.timezone);
        const [hours, minutes] = time.split(":").map(Number);
        return hours + minutes / 60;
    }

    ageText(at) {
        const zone = this.day.base.timezone;
        const time = clock(at, zone);
        const day = new Date(at).toLocaleDateString("sv-SE", {timeZone: zone});
        return day === this.day.date
            ? time
            : `${day.slice(8)}.${day.slice(5, 7)} ${time}`;
    }

    /** A sentence that must be read before anything is given out, or null. */
    warning() {
        if (this.storageFailed) {
            return t("storage_failed");
        }
        if (this.isRevoked) {
            return t("revoked");
        }
        if (!this.day.hasOrders) {
            return t("no_orders");
        }
        const wrong = Math.abs(this.server.clockOffset || 0);
        return wrong > CLOCK_WRONG_MS
            ? t("clock_wrong", {minutes: Math.round(wrong / 60_000)})
            : null;
    }

    // === TAPS === //

    async read(text) {
        if (this.isPairing) {
            return;
        }
        this.advanceMeal(); // the next child, whatever is still on the screen
        const reading = readText(text, this.options);
        if (!reading) {
            toast(t("not_a_card"));
            return;
        }
        const salt = this.day.base.salt;
        const digests = await Promise.all(
            reading.keys.map(([key, value]) => digestOf(salt, key, value))
        );
        const found = this.day.find(digests);
        if (found) {
            this.decide(found.student, {source: "tap", isBlocked: found.isBlocked});
        } else {
            this.unknownCard(reading.uid);
        }
    }

    /** Somebody was found in a list. */
    pick(student) {
        closePanel();
        this.decide(student, {source: "search"});
    }

    /** Decide about a student, show it, record it. */
    decide(id, {source, isBlocked = false, isElsewhere = false, other = null}) {
        const {day, meal} = this;
        const isSame = this.result && this.result.student === id;
        if (isSame && source === "tap" && Date.now() - this.result.at < SAME_TAP_MS) {
            return;
        }
        const student = other || day.students.get(id);
        const judged = day.judge(id, meal, {isBlocked, isElsewhere});
        const order = day.orderOf(id, meal);
        const result = {
            ...judged,
            source,
            student: id,
            name: student.name,
            photo: student.photo,
            className: other ? other.className : day.classNames.get(student.classId),
            mealText: this.mealText(order),
            detail: this.detail(judged, other),
        };
        this.showResult(result);
        const isGiven = judged.verdict === "ok";
        return this.record(result, isGiven ? "given" : "refused");
    }

    detail({verdict, time, allergens}, other) {
        if (verdict === "second") {
            return t("already_at", {time: clock(time, this.day.base.timezone)});
        }
        if (verdict === "allergen") {
            return t("contains", {names: allergens.join(", ")});
        }
        return verdict === "wrong_school" && other
            ? other.school
            : t(`hint_${verdict}`);
    }

    mealText(order) {
        const row = this.day.meals.find(([id]) => id === this.meal);
        const variant = order && this.day.variantName(order.variant);
        return [row && row[2], variant].filter(Boolean).join(" · ");
    }

    async unknownCard(uid) {
        const result = {
            verdict: "unknown_card",
            student: null,
            card: uid,
            source: "tap",
            name: "",
            mealText: this.mealText(),
            detail: t(
                this.server.isOnline ? "hint_unknown_card" : "hint_unknown_offline"
            ),
        };
        this.showResult(result);
        const isKept = await this.record(result, "refused");
        if (isKept && uid && this.server.isOnline) {
            this.askOwner(uid, result);
        }
    }

    /** The card may be of another school, or newer than the tablet's list. */
    async askOwner(uid, result) {
        const answer = await this.server
            .call("find", {card: uid, date: this.day.date})
            .catch(() => null);
        if (!answer || !answer.student || this.result !== result) {
            return;
        }
        const [id, name, className, photo] = answer.student;
        this.day.addStops(answer.stops);
        const school = answer.is_own ? "" : answer.school;
        this.decide(id, {
            source: "search",
            isBlocked: answer.is_blocked,
            isElsewhere: !answer.is_own,
            other: {id, name, className, photo, school},
        });
    }

    showResult(result) {
        result.at = Date.now();
        result.meal = this.meal;
        this.result = result;
        closePanel();
        screens.renderResult(this, result);
        const isOk = result.verdict === "ok" || result.verdict === "guest";
        const isAlarm = ["allergen", "not_recorded"].includes(result.verdict);
        playTone(isOk ? "yes" : isAlarm ? "alarm" : "no");
        clearTimeout(this.clearTimer);
        if (isOk) {
            this.clearTimer = setTimeout(() => this.clear(), GREEN_MS);
        }
    }

    /** Back to waiting; not if the next child is on the screen instead of `shown`. */
    clear(shown = this.result) {
        if (this.result !== shown) {
            return;
        }
        this.result = null;
        show("result", false);
        this.render();
    }

    // === EVENTS === //

    record(result, action, {reason = null} = {}) {
        const meal = result.meal || this.meal;
        const row = this.day.meals.find(([id]) => id === meal);
        return this.keep({
            date: this.day.date,
            meal: row ? row[1] : "",
            student: result.student || null,
            card: result.student ? null : result.card || null,
            action,
            verdict: result.verdict,
            source: result.source,
            reason,
            occurred_at: new Date(this.server.now()).toISOString(),
            offline: !this.server.isOnline,
        });
    }

    /**
     * Put an event on the disk. Where that fails the screen is red, whatever it was.
     *
     * @returns {Promise<boolean>} whether it is recorded; if not, nothing may say so
     */
    async keep(event) {
        this.keeping += 1;
        try {
            await this.queue.add(event);
            this.storageFailed = false;
        } catch {
            this.storageFailed = true;
        } finally {
            this.keeping -= 1;
        }
        if (this.storageFailed) {
            clearTimeout(this.clearTimer);
            this.showResult({
                verdict: "not_recorded",
                student: null,
                name: "",
                mealText: "",
                detail: t("storage_failed"),
            });
        }
        return !this.storageFailed;
    }

    askReason(result) {
        const reasons = REASONS[result.verdict] || REASONS.default;
        screens.askReason(t("why"), reasons, async (reason) => {
            closePanel();
            if (!(await this.record(result, "given", {reason}))) {
                return;
            }
            playTone("yes");
            toast(t("given_anyway", {name: result.name}));
            this.clear(result);
        });
    }

    async giveGuests(reason, count) {
        const result = {
            verdict: "guest",
            student: null,
            source: "search",
            name: t("guests_given", {count}),
            mealText: this.mealText(),
        };
        for (let n = 0; n < count; n++) {
            if (!(await this.record(result, "given", {reason}))) {
                this.result.name = t("guests_given", {count: n});
                screens.renderResult(this, this.result);
                return;
            }
        }
        this.showResult(result);
    }

    /** The last portion of this tablet and day that was not taken back. */
    lastGiven() {
        const events = this.queue.ofDay(this.day.date);
        const undone = new Set(events.map((kept) => kept.event.undoes));
        const given = events.filter(
            (kept) => kept.event.action === "given" && !undone.has(kept.sequence)
        );
        return given.sort((a, b) => a.sequence - b.sequence).pop();
    }

    undo() {
        const kept = this.lastGiven();
        if (!kept) {
            return;
        }
        openPanel(
            t("undo_title"),
            el("p", {class: "question"}, this.describe(kept)),
            button(
                t("undo_yes"),
                async () => {
                    closePanel();
                    const shown = this.result;
                    const {event} = kept;
                    const isKept = await this.keep({
                        ...event,
                        sequence: undefined,
                        action: "undone",
                        reason: null,
                        undoes: kept.sequence,
                        occurred_at: new Date(this.server.now()).toISOString(),
                        offline: !this.server.isOnline,
                    });
                    if (isKept) {
                        this.clear(shown);
                        toast(t("undone"));
                    }
                },
                {class: "main", id: "undo-yes"}
            ),
            button(t("undo_no"), closePanel, {class: "quiet"})
        );
    }

    describe({event}) {
        const student = this.day.students.get(event.student);
        const name = student ? student.name : t("guest");
        const meal = this.day.meals.find((row) => row[1] === event.meal);
        const time = clock(event.occurred_at, this.day.base.timezone);
        return [name, meal && meal[2], time].filter(Boolean).join(", ");
    }

    // === PANELS === //

    chooseMeal(meal) {
        this.meal = meal;
        this.usual = this.day.usualMeal(this.hour());
        show("notice", false);
        this.clear();
    }

    openSearch() {
        screens.openSearch(this);
    }

    openClass(id) {
        screens.openClass(this, id);
    }

    openClasses() {
        screens.openClasses(this);
    }

    openGuest() {
        screens.openGuest(this, REASONS.guest);
    }

    openRefused() {
        screens.openRefused(this);
    }

    openMenu() {
        const readers = this.day.base.readers || [];
        const reader = el(
            "select",
            {
                id: "reader",
                onchange: async (ev) => {
                    const row = readers.find(([id]) => String(id) === ev.target.value);
                    this.options = row ? {...row[2], id: row[0]} : {};
                    await store.set("reader", this.options);
                },
            },
            el("option", {value: ""}, t("reader_usual")),
            ...readers.map(([id, name]) =>
                el("option", {value: id, selected: id === this.options.id}, name)
            )
        );
        openPanel(
            t("menu"),
            el("label", {for: "reader"}, t("reader")),
            reader,
            el("p", {}, t("sent_so_far", {count: this.queue.unsent.length})),
            button(t("refresh"), () => this.refresh(true).then(closePanel), {
                class: "main",
            }),
            button(t("full_screen"), () => document.body.requestFullscreen(), {
                class: "quiet",
            }),
            button(t("pair_again"), () => this.pairAgain(), {class: "quiet"})
        );
    }

    /**
     * Connect anew under the same device: what is not sent yet keeps its numbers. It is of
     * the school where it happened: until it is delivered, only that one can be chosen.
     */
    async pairAgain() {
        closePanel();
        const {device, school} = this.pairing;
        const {unsent, refused} = this.queue;
        this.isPairing = true;
        const pairing = await pair(this.server, {
            device,
            device_name: this.day.base.device_name,
            school: this.day.base.school,
            onlySchool: unsent.length + refused.length ? school : null,
        });
        if (pairing.school !== school) {
            await store.forgetSchool();
            this.day = new Day("", {});
        }
        this.isPairing = false;
        await this.open(pairing);
    }
}

const app = new App();
window.servingApp = app;
document.getElementById("search-open").onclick = () => app.openSearch();
document.getElementById("classes-open").onclick = () => app.openClasses();
document.getElementById("guest-open").onclick = () => app.openGuest();
document.getElementById("undo").onclick = () => app.undo();
app.start();
