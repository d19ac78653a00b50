"""Codes of attendance: stored in the database, never shown as they are."""

EXPECTED, PRESENT, LATE, LEFT_EARLY = "expected", "present", "late", "left_early"
EXCUSED, ABSENT, UNKNOWN = "excused", "absent", "unknown"
#: What is known of a student on a day, decided by `attendance_state` in SQL.
STATES = [
    (EXPECTED, "Lessons have not begun"),
    (PRESENT, "Present"),
    (LATE, "Late"),
    (LEFT_EARLY, "Left early"),
    (EXCUSED, "Excused"),
    (ABSENT, "Absent"),
    (UNKNOWN, "Not known"),
]
#: The student was at school on the day.
CAME = (PRESENT, LATE, LEFT_EARLY)
#: Who says so.
SOURCES = [
    ("access", "Access control"),
    ("teacher", "Class teacher"),
    ("parent", "Parent"),
    ("operator", "Responsible for meals"),
]

#: How far the gate of a school can be believed on a day.
WAITING, TRUSTED, NO_GATE = "waiting", "trusted", "no_gate"
SILENT, FREE, FEW = "silent", "free", "few"
TRUST = [
    (WAITING, "Lessons have not begun"),
    (TRUSTED, "Trusted"),
    (NO_GATE, "No turnstile"),
    (SILENT, "Turnstile silent"),
    (FREE, "Free passage"),
    (FEW, "Too few came through"),
]

#: What becomes of the meals of children who are not here.
MODES = [
    ("off", "Nothing"),
    ("propose", "Proposed to teacher and person responsible"),
    ("automatic", "Taken off by themselves"),
]

PAYERS = [("free", "Paid for by a budget"), ("paid", "Paid for by parents")]
