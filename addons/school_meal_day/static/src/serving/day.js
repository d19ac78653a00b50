/**
 * The day of the school as the tablet knows it, and what it decides by itself.
 * Rows come from models/meal_serving_day.py; the verdicts are those of sql/issue.sql.
 */

/** From which local hour a meal is usually served. */
const MEAL_HOURS = {
    breakfast: 0,
    breakfast2: 10.5,
    lunch: 11.5,
    snack: 15,
    dinner: 17,
    dinner2: 20,
};

/** The reason of a portion that was freed and is given to another student. */
export const FREED_PORTION = "freed";

export class Day {
    /**
     * @param {string} date
     * @param {{base?: Object, students?: Array, orders?: Object, issued?: Array}} parts
     */
    constructor(date, parts) {
        this.date = date;
        const {base = {}, students = [], orders = {}, issued = []} = parts;
        this.hasOrders = Boolean(parts.orders);
        this.base = base;
        this.meals =
            orders.meals && orders.meals.length ? orders.meals : base.meals || [];
        this.classNames = new Map(base.classes || []);
        this.students = new Map();
        this.byDigest = new Map();
        for (const [id, name, classId, photo, cards] of students) {
            this.students.set(id, {id, name, classId, photo});
            for (const [isBlocked, ...digests] of cards) {
                for (const digest of digests) {
                    this.addDigest(digest, id, isBlocked);
                }
            }
        }
        this.orders = new Map();
        for (const [student, meal, variant, state] of orders.orders || []) {
            this.orders.set(`${student}:${meal}`, {student, meal, variant, state});
        }
        this.stops = new Map();
        this.addStops(orders.stops || []);
        /** Freed portions: [meal, number of them, [students they may go to]]. */
        this.offers = orders.offers || [];
        this.issued = issued;
        this.given = new Map();
        /** "student:meal" of the freed portions that this tablet handed over. */
        this.handed = new Set();
        this.guests = 0;
    }

    addDigest(digest, student, isBlocked) {
        const found = this.byDigest.get(digest) || [];
        found.push({student, isBlocked: Boolean(isBlocked)});
        this.byDigest.set(digest, found);
    }

    addStops(rows) {
        for (const [student, meal, allergens] of rows) {
            this.stops.set(`${student}:${meal}`, allergens);
        }
    }

    /** Count what others and this tablet gave out. */
    count(ownEvents) {
        this.given = new Map();
        const undone = new Set(
            ownEvents
                .filter((kept) => kept.event.action === "undone")
                .map((kept) => kept.event.undoes)
        );
        this.handed = new Set();
        this.portions = [];
        for (const [student, meal, variant, time] of this.issued) {
            this.portions.push({student, meal, variant, time});
        }
        for (const {sequence, event} of ownEvents) {
            if (event.action === "given" && !undone.has(sequence)) {
                const meal = this.meals.find((row) => row[1] === event.meal);
                const order = this.orders.get(`${event.student}:${meal && meal[0]}`);
                this.portions.push({
                    student: event.student || 0,
                    meal: meal ? meal[0] : 0,
                    variant:
                        order && event.reason !== FREED_PORTION ? order.variant : 0,
                    time: event.occurred_at,
                });
                if (event.reason === FREED_PORTION && meal) {
                    this.handed.add(`${event.student}:${meal[0]}`);
                }
            }
        }
        for (const portion of this.portions) {
            const key = `${portion.student}:${portion.meal}`;
            if (portion.student && !this.given.has(key)) {
                this.given.set(key, portion.time);
            }
        }
    }

    /**
     * Return {student, isBlocked} for the digests of a reading, richest first; null when
     * nobody has the card, or more than one student by a short number.
     */
    find(digests) {
        for (const digest of digests) {
            const found = this.byDigest.get(digest) || [];
            const usable = found.filter((item) => !item.isBlocked);
            const hits = usable.length ? usable : found;
            const students = new Set(hits.map((item) => item.student));
            if (students.size > 1) {
                return null;
            }
            if (hits.length) {
                return hits[0];
            }
        }
        return null;
    }

    /**
     * @param {number} student
     * @param {number} meal id
     * @returns {{verdict: string, time?: string, allergens?: string[], free?: number}}
     */
    judge(student, meal, {isBlocked = false, isElsewhere = false} = {}) {
        const key = `${student}:${meal}`;
        const order = this.orders.get(key);
        const stop = this.stops.get(key);
        const isOff = !order || order.state === "off";
        const free = isOff && !this.given.has(key) ? this.freeFor(student, meal) : 0;
        // The stop is that of the set taken off, the offer suits by what the server says.
        if (stop && (isBlocked || !free)) {
            const names = this.base.allergens || {};
            return {verdict: "allergen", allergens: stop.map((id) => names[id] || "?")};
        }
        if (isBlocked) {
            return {verdict: "blocked_card"};
        }
        if (isElsewhere && !order) {
            return {verdict: "wrong_school"};
        }
        if (this.given.has(key)) {
            return {verdict: "second", time: this.given.get(key)};
        }
        if (!order) {
            return {verdict: "not_ordered", free};
        }
        return order.state === "live" ? {verdict: "ok"} : {verdict: "taken_off", free};
    }

    /**
     * Freed portions that a student may have. One that was handed over here has an order
     * once the server knows of it; until then it is counted off.
     */
    freeFor(student, meal) {
        const offer = this.offers.find(
            ([id, _count, students]) => id === meal && students.includes(student)
        );
        if (!offer) {
            return 0;
        }
        const [, count, students] = offer;
        const handed = students.filter((id) => this.handed.has(`${id}:${meal}`));
        return Math.max(0, count - handed.length);
    }

    orderOf(student, meal) {
        return this.orders.get(`${student}:${meal}`);
    }

    variantName(variant) {
        return variant ? (this.base.variants || {})[variant] || "" : "";
    }

    /**
     * Portions of a meal by set: cooked (live orders and freed ones) and given out.
     *
     * @returns {{variant: number, cooked: number, given: number}[]} the usual set first
     */
    portionsOf(meal) {
        const sets = new Map([[0, {variant: 0, cooked: 0, given: 0}]]);
        const set = (variant) => {
            if (!sets.has(variant)) {
                sets.set(variant, {variant, cooked: 0, given: 0});
            }
            return sets.get(variant);
        };
        for (const order of this.orders.values()) {
            if (order.meal === meal && order.state !== "off") {
                set(order.variant).cooked += 1;
            }
        }
        for (const portion of this.portions || []) {
            if (portion.meal === meal) {
                set(portion.variant).given += 1;
            }
        }
        return [...sets.values()].filter(
            (item) => item.cooked || item.given || !item.variant
        );
    }

    /** Classes with what they ordered and got: [id, name, ordered, given]. */
    classesOf(meal) {
        const counts = new Map();
        const count = (student) => {
            const classId = student && student.classId;
            if (!counts.has(classId)) {
                counts.set(classId, {ordered: 0, given: 0});
            }
            return counts.get(classId);
        };
        for (const order of this.orders.values()) {
            if (order.meal === meal && order.state === "live") {
                count(this.students.get(order.student)).ordered += 1;
            }
        }
        for (const key of this.given.keys()) {
            const [student, given] = key.split(":").map(Number);
            if (given === meal && this.students.has(student)) {
                count(this.students.get(student)).given += 1;
            }
        }
        return [...this.classNames].map(([id, name]) => {
            const {ordered = 0, given = 0} = counts.get(id) || {};
            return {id, name, ordered, given};
        });
    }

    studentsOf(classId) {
        return [...this.students.values()].filter((item) => item.classId === classId);
    }

    /** Students whose name has every word, in any order; ё is е. */
    search(text) {
        const plain = (value) => value.toLowerCase().replaceAll("ё", "е");
        const words = plain(text).split(/\s+/).filter(Boolean);
        return [...this.students.values()]
            .filter((item) => {
                const where = plain(
                    `${item.name} ${this.classNames.get(item.classId) || ""}`
                );
                return words.every((word) => where.includes(word));
            })
            .slice(0, 60);
    }

    /** The meal that is served at this hour, of those of the day. */
    usualMeal(hour) {
        const fitting = this.meals.filter(
            ([_id, code]) => (MEAL_HOURS[code] ?? 0) <= hour
        );
        const meal = fitting[fitting.length - 1] || this.meals[0];
        return meal ? meal[0] : null;
    }
}
