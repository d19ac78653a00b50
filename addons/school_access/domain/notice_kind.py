"""What a passage is news of: a rule by hours, without the timetable.

Minutes are of the school's own day (local time). An exit on a school day within
`LESSON_MINUTES` of the class's shift is “during lessons”, whatever the timetable of the
class; an entry within `NIGHT_MINUTES` is “at night”. Everything else is plain.
"""

from ..const import IN, LESSON_MINUTES, NIGHT_MINUTES, OUT


def within(minute, begin, end):
    """Tell whether a minute is in [begin, end), which may go over midnight.

    >>> within(600, 540, 660), within(660, 540, 660)
    (True, False)
    >>> within(30, 22 * 60, 6 * 60), within(720, 22 * 60, 6 * 60)
    (True, False)
    """
    if begin <= end:
        return begin <= minute < end
    return minute >= begin or minute < end


def may_be_lessons(direction, minute, shift):
    """Tell whether a passage would be unusual on a school day.

    >>> may_be_lessons("out", 10 * 60, "1"), may_be_lessons("out", 10 * 60, "2")
    (True, False)
    >>> may_be_lessons("in", 10 * 60, "1"), may_be_lessons("out", 10 * 60, None)
    (False, False)
    """
    return direction == OUT and within(minute, *LESSON_MINUTES.get(shift, (0, 0)))


def kind_of(event_kind, direction, minute, shift, is_school_day):
    """Return the kind of notice of an event; None is no news.

    >>> kind_of("pass", "in", 8 * 60 + 10, "1", True)
    'arrival'
    >>> kind_of("pass", "out", 10 * 60, "1", True)
    'lessons'
    >>> kind_of("pass", "out", 10 * 60, "1", False)
    'departure'
    >>> kind_of("pass", "in", 23 * 60, "1", True)
    'night'
    >>> kind_of("refused", "in", 8 * 60, "1", True)
    'refused'
    >>> kind_of("opened", "in", 8 * 60, "1", True)
    """
    if event_kind == "refused":
        return "refused"
    if event_kind != "pass":
        return None
    if direction == IN:
        return "night" if within(minute, *NIGHT_MINUTES) else "arrival"
    if direction == OUT:
        unusual = is_school_day and may_be_lessons(direction, minute, shift)
        return "lessons" if unusual else "departure"
    return None
