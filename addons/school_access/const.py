"""Codes of access control: stored in the database, never shown as they are."""

# === Places and directions === #

IN = "in"
OUT = "out"
DIRECTIONS = [(IN, "Entrance"), (OUT, "Exit")]
RULE_DIRECTIONS = [("both", "Both ways"), *DIRECTIONS]

# === People === #

STUDENT = "student"
STAFF = "staff"
GUEST = "guest"
PERSON_KINDS = [(STUDENT, "Student"), (STAFF, "Staff"), (GUEST, "Guest")]

INSIDE = "inside"
OUTSIDE = "outside"
UNKNOWN = "unknown"
PRESENCE_STATES = [
    (INSIDE, "Inside"),
    (OUTSIDE, "Outside"),
    (UNKNOWN, "Not known"),
]

# === Events === #

#: What an event tells. Only `pass` and
#: `correction` move a person.
EVENT_KINDS = [
    ("pass", "Passage"),
    ("opened", "Opened, passage not seen"),
    ("refused", "Refused"),
    ("alarm", "Alarm"),
    ("service", "Of the controller"),
    ("correction", "Presence corrected"),
]
#: Why a pass was refused, or what a point did about it; the same codes at the server,
#: the gateway, the guard post and in the golden vectors of `protocol/`.
VERDICTS = [
    ("granted", "Admitted"),
    ("unknown_card", "Unknown card"),
    ("blocked_card", "Blocked card"),
    ("expired_pass", "The pass is not valid any more"),
    ("other_school", "Card of another school"),
    ("no_rule", "No rule lets this person through here"),
    ("wrong_time", "Not at this time"),
    ("no_permission", "Leaving early without a permission"),
    ("antipassback", "Second entry without an exit"),
    ("not_verified", "Not confirmed by the guard"),
    ("locked", "The door is locked"),
]
#: What is odd about a passage that took place.
ANOMALIES = [
    ("exit_without_entry", "Exit without an entry"),
    ("entry_twice", "Second entry without an exit"),
    ("repeated_tap", "Tapped again within seconds"),
    ("late_report", "Reported long after it happened"),
    ("clock", "The clock of the controller was wrong"),
]

# === Controllers === #

DRIVERS = [
    ("web_json", "IronLogic Web-JSON"),
    ("json_http", "JSON over HTTP"),
]
CONTROLLER_STATES = [
    ("new", "Never seen"),
    ("online", "Connected"),
    ("silent", "Silent"),
    ("revoked", "Revoked"),
]
MODES = [
    ("normal", "Normal"),
    ("locked", "Locked"),
    ("free", "Free passage"),
    ("free_waiting", "Waiting for free passage"),
]
COMMANDS = [
    ("set_active", "Activate"),
    ("open_door", "Open"),
    ("set_mode", "Mode"),
    ("set_timezone", "Time zone"),
    ("set_door_params", "Door timing"),
    ("add_cards", "Add cards"),
    ("del_cards", "Delete cards"),
    ("clear_cards", "Delete all cards"),
    ("read_cards", "Read the cards back"),
]
COMMAND_STATES = [
    ("queued", "Queued"),
    ("sent", "Sent"),
    ("done", "Done"),
    ("failed", "Rejected by the controller"),
    ("expired", "Given up"),
]

#: Who sees numbers of cards.
CARD_GROUPS = "school_meal_base.group_operator"

# === Events and presence === #

#: Why somebody corrects where a person is. Codes, no free text: the log is for ever.
CORRECTION_REASONS = [
    ("other_door", "Passed through another door"),
    ("no_card", "Passed without a card"),
    ("with_adult", "Taken by an adult"),
    ("seen", "Seen by staff"),
    ("not_there", "Looked for and not found"),
    ("other_person", "Somebody else used the card"),
]

# === Lists of controllers === #

#: Why a card with a row in a list is refused; the first two are verdicts.
ENTRY_REFUSALS = [
    ("blocked_card", "Blocked card"),
    ("expired_pass", "The pass is not valid any more"),
    ("same_number", "Two cards have this number"),
]
#: A card that opens at any time: all time zones of a controller (protocols, 1.5).
ALWAYS_ZONES = 255
PASS_STATES = [("active", "In use"), ("blocked", "Blocked"), ("returned", "Returned")]
# === Guard post: alarms, verifications, shifts === #

ALARM_KINDS = [
    ("blocked_card", "Blocked card"),
    ("unknown_card", "Unknown card"),
    ("forced_door", "Door forced"),
    ("door_left_open", "Door left open"),
    ("silent", "Controller silent"),
    ("fire", "Fire"),
    ("other", "Alarm of the controller"),
    ("unknown_controller", "Unknown controller"),
    ("flood", "Too many calls"),
    ("list_differs", "Cards of the controller differ"),
    ("authorisation_changed", "Key of the controller changed"),
    ("webhook_down", "The other system does not answer"),
    ("gateway", "The gateway needs attention"),
    ("events_apart", "Events need attention"),
]
#: Alarms that sound at the post; the others are for who looks after the hardware.
POST_ALARMS = (
    "blocked_card",
    "unknown_card",
    "forced_door",
    "door_left_open",
    "silent",
    "fire",
    "other",
)
#: Verdicts of refused cards that are alarms.
CARD_ALARMS = ("blocked_card", "unknown_card")
#: Alarms that last until they are over; all others are over when they are told.
STATE_ALARMS = (
    "silent",
    "fire",
    "list_differs",
    "flood",
    "webhook_down",
    "gateway",
    "events_apart",
)
#: Codes of events of kind `alarm` (shared/protocols.md, 1.7).
ALARM_CODES = {
    12: "forced_door",
    13: "forced_door",
    14: "door_left_open",
    15: "door_left_open",
    38: "fire",
}

#: An answer to "may this person pass?".
ALLOW = "allow"
DENY = "deny"
HOLD = "hold"
ANSWERS = [(ALLOW, "Allow"), (DENY, "Refuse")]
VERIFICATION_STATES = [
    ("pending", "Asked"),
    ("allowed", "Let through"),
    ("denied", "Refused"),
    ("timed_out", "Nobody answered"),
]

SHIFT_LINE_KINDS = [
    ("begin", "Shift begun"),
    ("end", "Shift ended"),
    ("note", "Note"),
    ("alarm", "Alarm taken"),
    ("open", "Opened by hand"),
    ("allowed", "Let through"),
    ("denied", "Refused"),
]

# === Notices of passage === #

NOTICE_CHANNELS = [
    ("inbox", "In the portal"),
    ("email", "E-mail"),
    ("telegram", "Telegram"),
]
#: Sent away from here; the inbox is the list of passages itself.
PUSH_CHANNELS = ("email", "telegram")
NOTICE_KINDS = [
    ("arrival", "Came"),
    ("departure", "Left"),
    ("lessons", "Left during lessons"),
    ("night", "Came at night"),
    ("no_arrival", "Has not come"),
    ("refused", "Not let through"),
]
NOTICE_STATES = [
    ("queued", "Waiting"),
    ("sending", "Being sent"),
    ("sent", "Sent"),
    ("failed", "Not sent"),
    ("suppressed", "Held back"),
    ("uncertain", "Not known whether it arrived"),
]
NOTICE_REASONS = [
    ("late", "Reported too late to be news"),
    ("rate", "More than the parent wants in an hour"),
    ("guardian", "No longer a guardian who gets notices"),
    ("off", "Switched off meanwhile"),
    ("dead", "The address does not exist or refuses us"),
    ("gave_up", "Too many attempts"),
    ("interrupted", "The server was stopped while sending"),
    ("no_answer", "The other side did not answer in time"),
]
SUBSCRIPTION_STATES = [("off", "Off"), ("on", "On"), ("stopped", "Stopped")]

#: Minutes of the school's day by shift; see `domain/notice_kind.py`.
LESSON_MINUTES = {"1": (8 * 60 + 30, 11 * 60 + 30), "2": (14 * 60, 17 * 60)}
NIGHT_MINUTES = (21 * 60, 5 * 60)
#: When a student who has not come is missed, and for how long that is news.
NO_ARRIVAL_MINUTES = {"1": 10 * 60, "2": 15 * 60}
NO_ARRIVAL_NEWS = 90

MAX_PER_HOUR = 6
MOST_PER_HOUR = 60
#: Seconds before the second, third, … attempt.
RETRY_SECONDS = (10, 60, 300, 900)
#: At most so many notices are in doubt when the server is killed.
SEND_BATCH = 20
#: A notice that has been “being sent” for so long belongs to a process that is gone.
INTERRUPTED_SECONDS = 120
LINK_CODE_MINUTES = 10

PARAM_NOTICE_LATE = "school_access.notice_late_minutes"
PARAM_NOTICE_DAYS = "school_access.notice_days"
NOTICE_LATE_MINUTES = 30
NOTICE_DAYS = 90
PARAM_TELEGRAM_TOKEN = "school_access.telegram_token"
PARAM_TELEGRAM_URL = "school_access.telegram_url"
PARAM_TELEGRAM_BOT = "school_access.telegram_bot"
PARAM_TELEGRAM_OFFSET = "school_access.telegram_offset"
TELEGRAM_URL = "https://api.telegram.org"

# === Commands === #

#: How long an order to open is worth something, seconds: a controller calls more often.
OPEN_SECONDS = 20
#: Made anew from the difference instead of being repeated.
LIST_COMMANDS = ("add_cards", "del_cards")
#: Only the last one of these counts.
REPLACED_BY_NEWER = (
    "set_active",
    "set_mode",
    "set_timezone",
    "set_door_params",
    "read_cards",
)
