"""Codes of the benefits: stored in the database, never shown as they are."""

# === Who reads what === #

#: Who may know that a child has a benefit, and on what ground.
BENEFIT_GROUPS = (
    "school_meal_base.group_operator,school_meal_base.group_head,"
    "school_meal_base.group_department,school_meal_base.group_accountant"
)

# === Regulation === #

#: What a category grants (items 15-17 and section IV).
KINDS = [
    ("meals", "Free meals"),
    ("milk", "Milk"),
    ("money", "Money compensation"),
]
STUDY_FORMS = [
    ("onsite", "At school"),
    ("home", "At home"),
    ("remote", "Remote"),
    ("family", "Family education"),
]
SCHOOL_KINDS = [
    ("any", "Any school"),
    ("general", "General school"),
    ("special", "School for children with special needs"),
]
#: From when a granted benefit is given (items 10 and 25).
START_RULES = [
    ("decision", "Date of the decision"),
    ("application", "Date of the application"),
    ("remote", "Start of remote learning"),
]
#: Until when it is given, unless something ends it before.
VALIDITIES = [
    ("school_year", "End of the school year"),
    ("stage", "End of the stage of schooling"),
    ("document", "End of the document's validity"),
]
#: A meal is paid once, whatever the number of categories (item 34 adds to others).
COMBINATIONS = [
    ("exclusive", "Each meal by priority"),
    ("additional", "Only meals that no other category pays"),
]
#: Who brings a document.
PROVIDERS = [
    ("parent", "Parent"),
    ("request", "School asks another body"),
    ("school", "School holds it"),
]

# === Application === #

APPLICATION_STATES = [
    ("draft", "Draft"),
    ("registered", "Registered"),
    ("granted", "Granted"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
]
DOCUMENT_STATES = [
    ("missing", "Missing"),
    ("provided", "Provided"),
    ("held", "Already held"),
    ("requested", "Asked for"),
    ("negative", "Answered: not confirmed"),
    ("not_needed", "Not needed"),
]
#: A document in one of these states needs nothing more.
SETTLED_STATES = ("provided", "held", "not_needed")
REQUEST_STATES = [
    ("draft", "To be sent"),
    ("sent", "Sent"),
    ("confirmed", "Confirmed"),
    ("negative", "Not confirmed"),
    ("cancelled", "Cancelled"),
]
AUTHORITIES = [
    ("parent", "Parent"),
    ("guardian", "Guardian or trustee"),
    ("representative", "By power of attorney"),
    ("none", "Authority not proven"),
]
ORIGINS = [
    ("office", "Brought to the school"),
    ("parent", "Sent by the parent"),
    ("campaign", "Renewal campaign"),
    ("import", "Taken over"),
]

# === Decision === #

RESULTS = [
    ("granted", "Granted"),
    ("refused", "Refused"),
]
#: The only grounds of refusal (item 7).
REFUSAL_GROUNDS = [
    ("documents", "Documents were not provided (7.1)"),
    ("authority", "Documents came from a person without authority (7.2)"),
]
ORDER_KINDS = [
    ("grant", "Grants benefits"),
    ("end", "Ends benefits"),
]
ORDER_STATES = [
    ("draft", "Draft"),
    ("checked", "Checked"),
    ("signed", "Signed"),
]
NOTICE_KINDS = [
    ("refusal", "Refusal"),
    ("end", "End of a benefit"),
]
DISPATCH_METHODS = [
    ("post", "By post"),
    ("hand", "Handed over against signature"),
]

# === Entitlement === #

#: Why an entitlement ended before its time (items 13, 24, 32, 42).
END_GROUNDS = [
    ("left", "Left the school"),
    ("stage", "Next stage of schooling"),
    ("ground_lost", "Ground no longer exists"),
    ("service_ended", "End of service"),
    ("form_changed", "Form of study changed"),
    ("family_education", "Family education"),
    ("replaced", "Replaced by another decision"),
    ("withdrawn", "Parent withdrew the application"),
    ("mistake", "Granted by mistake"),
]
#: What people report; leaving, stages, forms of study and other decisions are events.
REPORTED_GROUNDS = ("ground_lost", "service_ended", "withdrawn", "mistake")
STAY_KINDS = [
    ("recreation", "Recreation camp or sanatorium"),
    ("rehabilitation", "Rehabilitation in a medical organisation"),
    ("hospital", "In-patient treatment or full state support"),
]

# === ЕГИССО === #

#: Forms of providing a measure (dictionary 016 of the register).
EGISSO_FORMS = [
    ("01", "Money"),
    ("02", "In kind"),
    ("03", "Exemption"),
    ("04", "Service"),
]
#: What the register is told, in the order of its message 10.06.S.
EGISSO_KINDS = [
    ("fact", "Assignment"),
    ("recalculation", "Recalculated amount"),
    ("death_or_moving", "Death or moving away"),
    ("previous_errors", "Correction of an error"),
    ("end_recalculation", "Ended: recalculated"),
    ("end_ineligibility", "Ended: excluded by another measure"),
    ("end_of_right", "Ended: right is over"),
    ("end_of_validity", "Ended: validity is over"),
    ("end_refusal", "Ended: recipient refused"),
    ("duplicate", "Removed: duplicate"),
    ("error", "Removed: loaded by mistake"),
]
EGISSO_STATES = [
    ("to_check", "To correct"),
    ("ready", "Ready"),
    ("packed", "In a package"),
    ("accepted", "Accepted"),
    ("rejected", "Rejected"),
    ("cancelled", "Not to be sent"),
]
#: How the register is told of an end of an entitlement; what never came into force is
#: removed as an error whatever the ground.
EGISSO_END_KINDS = {
    "left": "end_of_right",
    "stage": "end_of_right",
    "ground_lost": "end_of_right",
    "service_ended": "end_of_right",
    "form_changed": "end_of_right",
    "family_education": "end_of_right",
    "replaced": "end_recalculation",
    "withdrawn": "end_refusal",
    "mistake": "end_ineligibility",
}
EGISSO_PACKAGE_STATES = [
    ("draft", "Made"),
    ("exported", "File taken"),
    ("sent", "Sent"),
    ("accepted", "Accepted"),
    ("partly", "Accepted in part"),
    ("rejected", "Rejected"),
    ("cancelled", "Taken apart"),
]

# === Deadlines === #

DEADLINE_KINDS = [
    ("register", "Registration"),
    ("decide", "Decision"),
    ("order", "Order"),
    ("notice", "Notice"),
    ("request", "Request to another body"),
]
#: Journals that number without gaps, by school and school year.
JOURNALS = [
    ("application", "Applications"),
    ("order", "Orders"),
    ("request", "Requests"),
    ("notice", "Notices"),
]
# === Compensation, milk === #

#: Why a day of compensation counts or not: `domain/compensation.py`.
DAY_REASONS = [
    ("before_start", "Before the right begins (25)"),
    ("after_end", "After the right has ended (24)"),
    ("not_entitled", "No right in force on this day"),
    ("other_school", "Enrolled at another school"),
    ("weekend", "Weekend (30.1)"),
    ("holiday", "Public holiday (30.1)"),
    ("vacation", "Vacation (30.2)"),
    ("day_off", "Day off by the school's calendar (29)"),
    ("recreation", "Recreation camp or sanatorium (30.3)"),
    ("rehabilitation", "Rehabilitation (30.4)"),
    ("hospital", "In-patient treatment or full state support (30.5)"),
    ("onsite", "Taught at school on this day (21)"),
    ("not_taught", "No lessons by the own timetable (29)"),
    ("excused", "Absent with good reason (30.6)"),
    ("unexcused", "Absent without good reason (30.6)"),
    ("meal", "Had a free meal on this day (21)"),
    ("no_rate", "No rate decided for this day (28)"),
    ("paid_elsewhere", "Paid by another school until it corrects its month"),
    ("counted", "Counted"),
]
MONTH_STATES = [
    ("draft", "Draft"),
    ("calculated", "Calculated"),
    ("approved", "Approved"),
    ("paid", "Paid"),
]
LINE_STATES = [
    ("draft", "Not approved"),
    ("nothing", "Nothing to pay"),
    ("due", "To be paid"),
    ("listed", "In a payment list"),
    ("paid", "Paid"),
    ("settled", "Paid back or written off"),
]
SETTLEMENT_KINDS = [
    ("paid_back", "Paid back by the parent"),
    ("written_off", "Written off"),
]
LIST_STATES = [
    ("draft", "Draft"),
    ("sent", "Sent to the bank"),
    ("done", "Confirmed by the bank"),
]
PAYMENT_STATES = [
    ("draft", "Draft"),
    ("sent", "Sent to the bank"),
    ("paid", "Credited"),
    ("returned", "Returned by the bank"),
]
MILK_UNITS = [("ml", "ml"), ("piece", "pieces")]
MILK_KINDS = [
    ("class", "Drunk at school"),
    ("parents", "Given to parents"),
]
MILK_STATES = [("draft", "Draft"), ("open", "Being given out"), ("closed", "Closed")]
# === Renewal campaign === #

CAMPAIGN_STATES = [
    ("draft", "Draft"),
    ("running", "Running"),
    ("done", "Finished"),
]
#: Why a benefit that ends is not renewed.
CAMPAIGN_SKIPS = [
    ("left", "Left the school"),
    ("graduated", "Leaves with grade 11"),
    ("stage", "Its stage of schooling ends"),
    ("no_category", "The regulation has no such category any more"),
    ("misfit", "The category does not fit the student"),
]
CAMPAIGN_LINE_STATES = [
    ("skipped", "Not renewed"),
    ("waiting", "No answer yet"),
    ("answered", "Handed in"),
    ("granted", "Granted"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
]

# === Audit === #

#: What a check run looks for, in the order of the procedure.
AUDIT_CHECKS = [
    ("registered_late", "Registered late"),
    ("no_authority", "Application of a person without authority"),
    ("snils", "SNILS missing or wrong"),
    ("request_unanswered", "Request without an answer"),
    ("decided_late", "Decided late"),
    ("decided_unregistered", "Decided before the registration"),
    ("no_checklist", "Decision without its documents"),
    ("refusal_ground", "Refusal on a ground that does not exist"),
    ("order_late", "Order late"),
    ("four_eyes", "Signed by whom prepared it"),
    ("notice_not_sent", "Notice of refusal not sent"),
    ("notice_late", "Notice of refusal sent late"),
    ("document_missing", "Document missing"),
    ("document_expired", "Document expired"),
    ("held_no_place", "“Already held” without a place"),
    ("held_source_gone", "“Already held”, but the source is gone"),
    ("superseded_in_force", "Benefit of a superseded decision"),
    ("before_enrolment", "Benefit before the enrolment"),
    ("after_leaving", "Benefit after leaving"),
    ("condition", "Conditions are no longer met"),
    ("service_late", "End of service reported late"),
    ("meal_before_decision", "Free meal before the decision"),
    ("meal_after_end", "Free meal after the end of the benefit"),
    ("meal_without_decision", "Free meal without a decision"),
    ("double_category", "One portion paid twice"),
    ("money_and_meal", "Money and a free meal on one day"),
]
#: The item of resolution No. 1020 that each of them breaks.
AUDIT_ITEMS = {
    "registered_late": "11",
    "no_authority": "7.2",
    "snils": "20.1, 23.1, 31.1",
    "request_unanswered": "31, 41",
    "decided_late": "6, 10",
    "decided_unregistered": "11",
    "no_checklist": "6",
    "refusal_ground": "7",
    "order_late": "12",
    "four_eyes": "50",
    "notice_not_sent": "10",
    "notice_late": "10",
    "document_missing": "5",
    "document_expired": "24.3, 32.3",
    "held_no_place": "20, 23, 31",
    "held_source_gone": "20, 23, 31",
    "superseded_in_force": "6",
    "before_enrolment": "10",
    "after_leaving": "13, 24.1, 32.1",
    "condition": "15-19",
    "service_late": "42",
    "meal_before_decision": "10",
    "meal_after_end": "13",
    "meal_without_decision": "6",
    "double_category": "15",
    "money_and_meal": "14, 21",
}
FINDING_STATES = [
    ("new", "New"),
    ("same", "Still there"),
    ("gone", "Gone"),
]

# === Reports of the schools === #

REPORT_PERIODS = [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")]
REPORT_STATES = [
    ("draft", "To be signed"),
    ("signed", "Signed"),
    ("accepted", "Accepted"),
    ("returned", "Returned"),
]
#: What a form may ask for, in the order of its columns.
REPORT_COLUMNS = ("recipients", "days", "portions", "money", "compensation", "milk")
