"""Names shared with the browser side of the till."""

#: Payment terminal of Odoo POS that is really the student's account.
TERMINAL = "school_account"

#: Message of the till's bus channel: cards and students that changed.
BUS_ROSTER = "SCHOOL_ROSTER"

# Refusals of the till itself; those of the ledger are in school_meal_base.const.
CARD_BLOCKED = "card_blocked"
UNKNOWN_CARD = "unknown_card"
BANNED = "banned"
ALLERGEN = "allergen"
REFUND_WITHOUT_SALE = "refund_without_sale"
BAD_REQUEST = "bad_request"

#: Kinds of incidents.
INCIDENT_OFFLINE_SALE = "till_offline_sale"
INCIDENT_MISSING_ORDERS = "till_missing_orders"
