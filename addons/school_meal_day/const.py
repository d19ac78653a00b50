"""Codes of the meal day: stored in the database, never shown as they are."""

# === Who reads what === #

#: Who may know that a budget pays for a child's meal.
OFFICE_GROUPS = (
    "school_meal_base.group_operator,school_meal_base.group_head,"
    "school_meal_base.group_department,school_meal_base.group_accountant"
)
#: Who knows the set of a child, which may be a diet: those who cook, hand out and
#: answer for it. Teachers and parents have it through pages that ask who looks.
SET_GROUPS = (
    "school_meal_base.group_canteen,school_meal_base.group_operator,"
    "school_meal_base.group_head,school_meal_base.group_sensitive_data"
)

# === Orders === #

ORDERED = "ordered"
CANCELLED = "cancelled"
COOKED = "cooked"
FREED = "freed"
PASSED_ON = "passed_on"
WRITTEN_OFF = "written_off"
ORDER_STATES = [
    (ORDERED, "Ordered"),
    (CANCELLED, "Taken off"),
    (COOKED, "Cooked"),
    (FREED, "Freed after cooking"),
    (PASSED_ON, "Passed on"),
    (WRITTEN_OFF, "Written off"),
]
#: An order in one of these stands for a portion that its student may collect.
LIVE_STATES = (ORDERED, COOKED)
#: In one of these, a portion was cooked because of the order.
COOKED_STATES = (COOKED, FREED, PASSED_ON, WRITTEN_OFF)

ORDER_ORIGINS = [
    ("entitled", "Free meal, by itself"),
    ("choice", "Standing choice"),
    ("teacher", "Class teacher"),
    ("parent", "Parent"),
    ("operator", "Responsible for meals"),
    ("passed_on", "Freed portion of another student"),
]

CHANGE_REASONS = [
    ("generated", "Created by itself"),
    ("entered", "Entered"),
    ("changed_mind", "No longer wanted"),
    ("absence", "Absence"),
    ("choice", "Standing choice"),
    ("not_entitled", "No longer free of charge"),
    ("allergen", "Allergen in the meal"),
    ("no_school_day", "Not a school day"),
    ("class_moved", "Student changed class or school"),
    ("left", "Student left"),
    ("cut_off", "Cut-off passed"),
    ("passed_on", "Given to another student"),
    ("not_claimed", "Not claimed"),
    ("spoiled", "Spoiled"),
    ("correction", "Correction"),
]

ABSENCE_REASONS = [
    ("illness", "Illness"),
    ("family", "Family reasons"),
    ("medical", "Medical appointment or treatment"),
    ("competition", "Competition or excursion"),
    ("home", "Taught at home"),
    ("unexcused", "Without a reason"),
    ("unknown", "Reason not known yet"),
]
ABSENCE_SOURCES = [
    ("parent", "Parent"),
    ("teacher", "Class teacher"),
    ("operator", "Responsible for meals"),
    ("access", "Access control"),
]

# === Issue === #

ISSUE_SOURCES = [
    ("tap", "Card"),
    ("search", "Found by name"),
    ("tray", "Tray of the class"),
    ("paper", "Paper list"),
    ("typed", "Entered afterwards"),
]
#: How an event stands to the rules at the moment of issue. It is recorded in any case.
ISSUE_VERDICTS = [
    ("ok", "By order"),
    ("second", "Second portion"),
    ("not_ordered", "Not ordered"),
    ("taken_off", "Order was taken off"),
    ("wrong_school", "Student of another school"),
    ("unknown_card", "Unknown card"),
    ("blocked_card", "Blocked card"),
    ("allergen", "Allergen in the meal"),
    ("guest", "Guest"),
]
ISSUE_ACTIONS = [
    ("given", "Given"),
    ("refused", "Not given"),
    ("undone", "Given by mistake, taken back"),
]
#: The tablet has offered a freed portion: the server passes it on.
FREED_PORTION = "freed"
#: Why a portion was given out against a red screen, or to a guest.
ISSUE_REASONS = [
    (FREED_PORTION, "A freed portion"),
    ("order_mistake", "Mistake in the order"),
    ("surplus", "A portion is left over"),
    ("teacher_asks", "Class teacher asks for it"),
    ("spilled", "Spilled or spoiled"),
    ("other_dish", "Another dish, without the allergen"),
    ("medic_confirmed", "Agreed with the school nurse"),
    ("staff", "School staff"),
    ("visitor", "Visitor"),
    ("inspection", "Inspection"),
    ("other", "Another reason"),
]
#: Those that a portion with an allergen of the student may be given out for.
ALLERGEN_REASONS = ("other_dish", "medic_confirmed")

# === Day closing === #

#: What became of a portion, frozen when the day is closed.
OUTCOMES = [
    ("issued", "Issued"),
    ("not_claimed", "Cooked, not claimed"),
    ("charged_unclaimed", "Not claimed, charged"),
    ("passed_on", "Passed on"),
    ("written_off", "Written off"),
    ("not_payable", "Issued, not payable"),
]
#: Outcomes somebody pays for.
PAYABLE_OUTCOMES = ("issued", "charged_unclaimed")

#: What a funding source is, in the order of the waterfall's names.
FUNDING_LEVELS = [
    ("federal", "Federal budget"),
    ("regional", "Regional budget"),
    ("municipal", "Municipal budget"),
    ("parent", "Parents"),
    ("other", "Other sources"),
]
