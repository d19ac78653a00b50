/**
 * Rules of a sale from a student's account, as the till checks them itself: before it asks the
 * server, and instead of it while the server cannot be reached. No POS import, integer kopecks.
 *
 * A student is a row of the roster: {available, cap, dayLeft, sittingLeft, bans: {products,
 * categories}, allergens}.
 * A line is {productId, categoryIds, allergenIds, name}.
 */

export const REFUSAL = Object.freeze({
    UNKNOWN_CARD: "unknown_card",
    PHONE: "phone",
    UNREADABLE: "unreadable_card",
    AMBIGUOUS: "ambiguous",
    CARD_BLOCKED: "card_blocked",
    ACCOUNT_BLOCKED: "account_blocked",
    BANNED: "banned",
    ALLERGEN: "allergen",
    LIMIT_DAY: "limit_day",
    LIMIT_SITTING: "limit_sitting",
    OFFLINE_LIMIT: "offline_limit",
    OFFLINE_REFUND: "offline_refund",
    CASH_REFUND: "cash_refund",
    CART_CHANGED: "cart_changed",
    NOT_STORED: "not_stored",
});

/**
 * Kopecks a till may still sell to a student while the server cannot be reached.
 *
 * @param {Object} student row of the roster, `available` and `cap` in kopecks
 * @param {number} sold kopecks sold offline on this till that the row does not know about
 */
export function offlineAllowance(student, sold) {
    const known = Math.min(Math.max(student.available, 0), student.cap);
    return Math.max(known - sold, 0);
}

/** Lines of the cart that the parent has banned for this student. */
export function bannedLines(student, lines) {
    return lines.filter(
        (line) =>
            student.bans.products.includes(line.productId) ||
            line.categoryIds.some((id) => student.bans.categories.includes(id))
    );
}

/** Allergen ids of the student that are in the cart. */
export function allergensInCart(student, lines) {
    const inCart = new Set(lines.flatMap((line) => line.allergenIds));
    return student.allergens.filter((id) => inCart.has(id));
}

/**
 * First reason why the sale must not go on, or null.
 *
 * @param {Object} sale
 * @param {Object} sale.student row of the roster
 * @param {Object} sale.card {state}
 * @param {Object[]} sale.lines
 * @param {number} sale.amount kopecks to take from the account
 * @param {boolean} [sale.allergensConfirmed] the cashier has seen the warning and goes on
 * @param {number|null} [sale.soldOffline] null while the server answers (it knows the balance)
 * @param {number} [sale.soldToday] part of `soldOffline` that counts against the day's limit
 * @param {number} [sale.soldSitting] part of it that counts against the sitting's limit
 * @returns {{code: string, names?: string[], ids?: number[], left?: number}|null}
 */
export function refusalOf({
    student,
    card,
    lines,
    amount,
    allergensConfirmed,
    soldOffline,
    soldToday = soldOffline,
    soldSitting = soldOffline,
}) {
    if (card && card.state !== "active") {
        return {code: REFUSAL.CARD_BLOCKED};
    }
    if (student.state !== "open") {
        return {code: REFUSAL.ACCOUNT_BLOCKED};
    }
    const banned = bannedLines(student, lines);
    if (banned.length) {
        return {code: REFUSAL.BANNED, names: banned.map((line) => line.name)};
    }
    const allergens = allergensInCart(student, lines);
    if (allergens.length && !allergensConfirmed) {
        return {code: REFUSAL.ALLERGEN, ids: allergens};
    }
    if (soldOffline === null || soldOffline === undefined) {
        return null;
    }
    const dayLeft = leftOf(student.dayLeft, soldToday);
    if (amount > dayLeft) {
        return {code: REFUSAL.LIMIT_DAY, left: dayLeft};
    }
    const sittingLeft = leftOf(student.sittingLeft, soldSitting);
    if (amount > sittingLeft) {
        return {code: REFUSAL.LIMIT_SITTING, left: sittingLeft};
    }
    const left = offlineAllowance(student, soldOffline);
    return amount > left ? {code: REFUSAL.OFFLINE_LIMIT, left} : null;
}

/** What a parent's limit leaves; null is no limit. */
function leftOf(limit, sold) {
    return Number.isInteger(limit) ? Math.max(limit - sold, 0) : Infinity;
}
