"""When the lessons of a class begin and end.

Hours are floats as Odoo's widget ``float_time`` keeps them, on the school's clock:
8.5 is half past eight. Weekdays are numbers, Monday is 0.
"""

from typing import NamedTuple

#: Of schools that have entered no bells, by shift.
USUAL = {"1": (8.5, 14.0), "2": (14.0, 18.5)}


class Bell(NamedTuple):
    """The lessons of a shift, or of one class; of one weekday, or of all (None)."""

    first: float
    last: float
    shift: str | None = None
    school_class: int | None = None
    weekday: int | None = None


def lessons(bells, school_class, shift, weekday):
    """Return (first lesson, end of the last) of a class on a weekday.

    The class goes before its shift, and a weekday before the whole week.

    >>> bells = [Bell(8, 13, "1"), Bell(9, 12, "1", weekday=5), Bell(8.5, 14, None, 7)]
    >>> lessons(bells, 1, "1", 0), lessons(bells, 1, "1", 5), lessons(bells, 7, "1", 5)
    ((8, 13), (9, 12), (8.5, 14))
    >>> lessons(bells, 1, "2", 0)
    (14.0, 18.5)
    """
    fitting = [
        bell
        for bell in bells
        if bell.weekday in (None, weekday)
        and (
            bell.school_class == school_class
            if bell.school_class
            else bell.shift == shift
        )
    ]
    if not fitting:
        return USUAL[shift]
    best = max(
        fitting, key=lambda bell: (bool(bell.school_class), bell.weekday is not None)
    )
    return best.first, best.last
