"""Codes shared by the add-ons: stored in the database, never shown as they are."""

# === Ledger === #

ACCOUNT_KINDS = [
    ("student", "Student's personal account"),
    ("transit", "Money in transit"),
    ("funding", "Funding source"),
    ("supplier", "Supplier accrual"),
    ("sales", "Sales"),
    ("card_fee", "Card fees"),
    ("writeoff", "Write-off"),
    ("payout", "Payouts to families"),
    ("suspense", "Unidentified receipts"),
]

#: Only these accounts store a balance and refuse to go below their limit. A stored
#: balance on a shared account would serialise every till of the city on one row.
LIMITED_KINDS = ("student",)

TRANSFER_KINDS = [
    ("sale", "Sale"),
    ("refund", "Refund"),
    ("topup", "Top-up"),
    ("meal", "Set meal"),
    ("subsidy", "Subsidy"),
    ("card_fee", "Card fee"),
    ("sibling", "Between siblings"),
    ("payout", "Payout to the family"),
    ("writeoff", "Write-off"),
    ("adjustment", "Correction"),
]

SINGLE = "single"
PENDING = "pending"
POST = "post"
VOID = "void"
EXPIRE = "expire"
PHASES = [
    (SINGLE, "Done at once"),
    (PENDING, "Held"),
    (POST, "Hold captured"),
    (VOID, "Hold released"),
    (EXPIRE, "Hold expired"),
]
#: A transfer moves money only in these phases.
MOVING_PHASES = (SINGLE, POST)

#: Largest amount of one transfer, in kopecks (1,000,000 roubles): a typing error of
#: an accountant is stopped here, a real payment of a family never comes near.
MAX_AMOUNT = 100_000_000

# Why a transfer was recorded although the rules would have refused it.
REASON_OFFLINE_UNCOVERED = "offline_uncovered"
REASON_HOLD_EXPIRED = "hold_expired"
REASON_HOLD_RELEASED = "hold_released"
REASON_CORRECTION = "correction"
REASON_GOODS_RETURNED = "goods_returned"
REASONS = [
    (REASON_OFFLINE_UNCOVERED, "Sold without network, not covered"),
    (REASON_HOLD_EXPIRED, "The hold had expired"),
    (REASON_HOLD_RELEASED, "The hold had been released"),
    (REASON_CORRECTION, "Correction"),
    (REASON_GOODS_RETURNED, "Goods returned"),
    ("served", "Meal already served"),
    ("leaver", "Student left"),
    ("identified", "Unidentified receipt found its owner"),
    ("returned_to_payer", "Returned to the payer"),
    ("blocked_account", "Account was blocked"),
    ("banned_product", "Product was banned"),
    ("over_limit", "Limit was exceeded"),
]

#: Of these, what an accountant chooses from when an entry is reversed by hand.
REVERSAL_REASONS = (REASON_CORRECTION, REASON_GOODS_RETURNED, "returned_to_payer")

# === Refusals: shared by server, till, terminal and vending === #

INSUFFICIENT_FUNDS = "insufficient_funds"
ACCOUNT_BLOCKED = "account_blocked"
ACCOUNT_CLOSED = "account_closed"
UNKNOWN_ACCOUNT = "unknown_account"
AMOUNT_INVALID = "amount_invalid"
LIMIT_DAY = "limit_day"
LIMIT_SITTING = "limit_sitting"
UUID_CONFLICT = "uuid_conflict"
HOLD_NOT_FOUND = "hold_not_found"
HOLD_RESOLVED = "hold_resolved"
CAPTURE_EXCEEDS = "capture_exceeds"
REVERSAL_EXCEEDS = "reversal_exceeds"
BAD_REQUEST = "bad_request"
PRODUCT_BANNED = "product_banned"
ALLERGEN = "allergen"
CARD_UNKNOWN = "card_unknown"
CARD_BLOCKED = "card_blocked"
