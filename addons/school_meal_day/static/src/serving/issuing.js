/** What is given out, refused and taken back: recorded before anything says so. */

import {playTone} from "../../../../school_meal_base/static/src/device/tones.js";
import {FREED_PORTION} from "./day.js";
import {askReason} from "./panels.js";
import {renderResult} from "./screens.js";
import {button, clock, closePanel, el, openPanel, t, toast} from "./view.js";

export const REASONS = {
    default: ["order_mistake", "surplus", "teacher_asks", "other"],
    second: ["surplus", "spilled", "other"],
    allergen: ["other_dish", "medic_confirmed"],
    guest: ["staff", "visitor", "inspection"],
};

export class Issuing {
    /** @param {import("./app.js").App} app */
    constructor(app) {
        this.app = app;
        /** How many events are on their way to the disk. */
        this.keeping = 0;
        this.storageFailed = false;
    }

    record(result, action, {reason = null} = {}) {
        const meal = result.meal || this.app.meal;
        const row = this.app.day.meals.find(([id]) => id === meal);
        return this.keep({
            date: this.app.day.date,
            meal: row ? row[1] : "",
            student: result.student || null,
            card: result.student ? null : result.card || null,
            action,
            verdict: result.verdict,
            source: result.source,
            reason,
            occurred_at: new Date(this.app.server.now()).toISOString(),
            offline: !this.app.server.isOnline,
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
            await this.app.queue.add(event);
            this.storageFailed = false;
        } catch {
            this.storageFailed = true;
        } finally {
            this.keeping -= 1;
        }
        if (this.storageFailed) {
            clearTimeout(this.app.clearTimer);
            this.app.showResult({
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
        askReason(t("why"), reasons, (reason) => {
            closePanel();
            this.give(result, reason);
        });
    }

    /** Give a freed portion to a student without one: the server passes its order on. */
    handOver(result) {
        if (!result.isHanded) {
            result.isHanded = true; // two quick presses are one portion
            this.give(result, FREED_PORTION);
        }
    }

    /** Record a portion that is given out although the screen is not green. */
    async give(result, reason) {
        if (await this.record(result, "given", {reason})) {
            playTone("yes");
            toast(t("given_anyway", {name: result.name}));
            this.app.clear(result);
        }
    }

    async giveGuests(reason, count) {
        const result = {
            verdict: "guest",
            student: null,
            source: "search",
            name: t("guests_given", {count}),
            mealText: this.app.mealText(),
        };
        for (let n = 0; n < count; n++) {
            if (!(await this.record(result, "given", {reason}))) {
                this.app.result.name = t("guests_given", {count: n});
                renderResult(this.app, this.app.result);
                return;
            }
        }
        this.app.showResult(result);
    }

    /** The last portion of this tablet and day that was not taken back. */
    lastGiven() {
        const events = this.app.queue.ofDay(this.app.day.date);
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
                    const shown = this.app.result;
                    const {event} = kept;
                    const isKept = await this.keep({
                        ...event,
                        sequence: undefined,
                        action: "undone",
                        reason: null,
                        undoes: kept.sequence,
                        occurred_at: new Date(this.app.server.now()).toISOString(),
                        offline: !this.app.server.isOnline,
                    });
                    if (isKept) {
                        this.app.clear(shown);
                        toast(t("undone"));
                    }
                },
                {class: "main", id: "undo-yes"}
            ),
            button(t("undo_no"), closePanel, {class: "quiet"})
        );
    }

    describe({event}) {
        const student = this.app.day.students.get(event.student);
        const name = student ? student.name : t("guest");
        const meal = this.app.day.meals.find((row) => row[1] === event.meal);
        const time = clock(event.occurred_at, this.app.day.base.timezone);
        return [name, meal && meal[2], time].filter(Boolean).join(", ");
    }
}
