"""Marks of the attendance register (журнал посещаемости), as teachers write them."""

#: Mark of a state; where absences have reasons of their own, of the reason.
MARKS = {
    "present": "",
    "late": "оп",
    "left_early": "уш",
    "absent": "н",
    "excused": "у",
    "unknown": "?",
    "expected": "",
}
REASONS = {"illness": "б", "medical": "б"}


def mark(state, reason=None):
    """Return the mark of a student and day.

    >>> mark("present"), mark("excused", "illness"), mark("excused", "family")
    ('', 'б', 'у')
    >>> mark("absent", "unknown"), mark("late"), mark("unknown")
    ('н', 'оп', '?')
    """
    if state == "excused":
        return REASONS.get(reason, MARKS[state])
    return MARKS[state]


def totals(cells):
    """Return (days missed, of them ill, of them without a good reason, times late).

    :param cells: (state, reason, minutes late) of the days of a student

    >>> totals([("excused", "illness", 0), ("absent", None, 0), ("late", None, 7)])
    (2, 1, 1, 1)
    """
    cells = list(cells)
    missed = [reason for state, reason, __ in cells if state in ("absent", "excused")]
    return (
        len(missed),
        sum(reason in REASONS for reason in missed),
        sum(state == "absent" for state, *__ in cells),
        sum(minutes > 0 for *__, minutes in cells),
    )
