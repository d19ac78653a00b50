/**
 * The serving page. A tap is decided here and now, by the data on the tablet; the server
 * is told afterwards and is never waited for.
 */

import {playTone} from "../../../../school_meal_base/static/src/device/tones.js";
import {AgentReaders} from "./agent.js";
import {Day} from "./day.js";
import {Issuing, REASONS} from "./issuing.js";
import {Loader} from "./loader.js";
import {openClasses, openGuest, openSearch} from "./panels.js";
import {pair} from "./pairing.js";
import {Queue} from "./queue.js";
import {digestOf, readText, Reader} from "./reader.js";
import * as screens from "./screens.js";
import {Server} from "./server.js";
import * as store from "./store.js";
import {clock, closePanel, el, fill, show, t, toast} from "./view.js";

const REFRESH_MS = 30_000;
/** A card that stays on the reader is one tap. */
const SAME_TAP_MS = 2_500;
const GREEN_MS = 6_000;
/** From here on the clock of the tablet is so wrong that somebody must set it. */
const CLOCK_WRONG_MS = 10 * 60_000;

export class App {
    constructor() {
        this.server = new Server();
        this.queue = new Queue(this.server, () => this.recount());
        this.day = new Day("", {});
        this.meal = null;
        /** The meal that the hour called for when `meal` was set, by hand or not. */
        this.usual = null;
        this.result = null;
        this.options = {};
        this.loader = new Loader(this);
        this.issuing = new Issuing(this);
        this.agentReaders = new AgentReaders(this);
    }

    // === LIFE === //

    async start() {
        if (!window.crypto.subtle || !navigator.serviceWorker) {
            fill("pairing", el("h1", {}, t("needs_https")));
            show("pairing", true);
            return;
        }
        this.loader.watchVersion();
        if (navigator.storage && navigator.storage.persist) {
            navigator.storage.persist();
        }
        let pairing = await store.get("pairing");
        if (!pairing) {
            pairing = await pair(this.server);
        }
        await this.open(pairing);
        this.reader = new Reader((text) => this.read(text));
        await this.agentReaders.start();
        window.addEventListener("online", () => this.loader.refresh());
        document.addEventListener("visibilitychange", () => {
            if (!document.hidden) {
                this.render(); // it slept: another meal may be served by now
                this.loader.refresh();
            }
        });
        window.addEventListener("offline", () => {
            this.server.isOnline = false;
            this.render();
        });
        setInterval(() => this.loader.refresh(), REFRESH_MS);
        setInterval(() => this.render(), 5_000);
        document.getElementById("panel").addEventListener("close", () => this.render());
        document.body.dataset.ready = "1";
    }

    async open(pairing) {
        this.pairing = pairing;
        this.server.token = pairing.token;
        this.options = (await store.get("reader")) || {};
        await this.queue.load();
        await this.loader.loadDay(this.today());
        this.loader.refresh(true);
    }

    /** Nobody is in the middle of something. */
    isIdle() {
        return !(
            this.result ||
            this.issuing.keeping ||
            this.isPairing ||
            document.getElementById("panel").open
        );
    }

    today() {
        const timeZone = this.pairing.timezone || undefined;
        return new Date(this.server.now()).toLocaleDateString("sv-SE", {timeZone});
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
            if (this.loader.isReloadDue) {
                window.location.reload();
                return;
            }
            this.advanceMeal();
        }
        screens.renderBar(this);
        screens.renderIdle(this);
        document.getElementById("undo").disabled = !this.issuing.lastGiven();
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
        if (this.issuing.storageFailed) {
            return t("storage_failed");
        }
        if (this.loader.isRevoked) {
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
            // What is free is the usual set, whatever the student's order was of.
            mealText: this.mealText(judged.free ? null : order),
            detail: this.detail(judged, other),
        };
        this.showResult(result);
        const isGiven = judged.verdict === "ok";
        return this.issuing.record(result, isGiven ? "given" : "refused");
    }

    detail({verdict, time, allergens, free}, other) {
        if (free) {
            return t(verdict === "taken_off" ? "free_taken_off" : "free_portions", {
                count: free,
                time: this.ageText(this.loader.ordersAt),
            });
        }
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
        const isKept = await this.issuing.record(result, "refused");
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

    // === MEAL AND SCHOOL === //

    chooseMeal(meal) {
        this.meal = meal;
        this.usual = this.day.usualMeal(this.hour());
        show("notice", false);
        this.clear();
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
document.getElementById("search-open").onclick = () => openSearch(app);
document.getElementById("classes-open").onclick = () => openClasses(app);
document.getElementById("guest-open").onclick = () => openGuest(app, REASONS.guest);
document.getElementById("undo").onclick = () => app.issuing.undo();
app.start();
