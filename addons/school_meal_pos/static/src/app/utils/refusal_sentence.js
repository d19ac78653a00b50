import {_t} from "@web/core/l10n/translation";
import {REFUSAL} from "./sale_rules";

/**
 * One plain sentence for the cashier; the server's own when it refused.
 *
 * @param {Object} refusal of `refusalOf`, or {code, message} of the server
 * @param {Object} words {money(kopecks), allergenNames(ids)}
 */
export function refusalSentence({code, message, names = [], ids = [], left}, words) {
    if (message) {
        return message;
    }
    switch (code) {
        case REFUSAL.UNKNOWN_CARD:
            return _t("This card is not known in this school.");
        case REFUSAL.PHONE:
            return _t(
                "This is a phone or a bank card: its number is another at every tap." +
                    " Hold the school card alone to the reader."
            );
        case REFUSAL.UNREADABLE:
            return _t("The reader cannot read this card: hold it once more, flat.");
        case REFUSAL.AMBIGUOUS:
            return _t("Two cards share this short number: use the other reader.");
        case REFUSAL.CARD_BLOCKED:
            return _t(
                "This card does not work any more: send the child to the office."
            );
        case REFUSAL.ACCOUNT_BLOCKED:
            return _t("This account is closed for purchases.");
        case REFUSAL.BANNED:
            return _t("The parents do not allow: %s.", names.join(", "));
        case REFUSAL.ALLERGEN:
            return _t(
                "Allergy: %s. Take it out of the cart.",
                words.allergenNames(ids)
            );
        case REFUSAL.LIMIT_DAY:
            return _t("The daily limit leaves %s.", words.money(left));
        case REFUSAL.LIMIT_SITTING:
            return _t("The limit for one visit leaves %s.", words.money(left));
        case REFUSAL.OFFLINE_LIMIT:
            return _t(
                "Without network this card can pay %s at most.",
                words.money(left)
            );
        case REFUSAL.OFFLINE_REFUND:
            return _t("A refund needs the network: try again later.");
        case REFUSAL.CASH_REFUND:
            return _t(
                "This order was paid from the student's account: give the money back to" +
                    " the account, not in cash."
            );
        case REFUSAL.CART_CHANGED:
            return _t(
                "The cart has changed meanwhile and nothing was taken: press the button" +
                    " again."
            );
        case REFUSAL.NOT_STORED:
            return _t(
                "Not sold: this till cannot store the order, its disk is full. Do not" +
                    " give the food out and call the administrator."
            );
        default:
            return _t("The payment did not go through: try again.");
    }
}
