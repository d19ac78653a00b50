"""Which meals a category grants a student: by hours at school and shift.

>>> two_meals = [
...     Grant(("breakfast", "lunch"), shift="1"), Grant(("lunch", "snack"), shift="2")
... ]
>>> granted_meals(two_meals, hours=5, shift="2")  # item 19
('lunch', 'snack')
"""

from typing import NamedTuple

# codes of meal.type in the order of the day
MEALS = ("breakfast", "breakfast2", "lunch", "snack", "dinner", "dinner2")


class Grant(NamedTuple):
    """One row of what is granted.

    ``hours_from`` is exclusive and ``hours_to`` inclusive, None or nought open, as
    appendix 12 of the sanitary rules has it: "up to 6 hours", "more than 6 hours".
    ``shift`` is "1", "2" or None for both.
    """

    meals: tuple
    hours_from: float = 0
    hours_to: float | None = None
    shift: str | None = None

    @property
    def needs_hours(self):
        return bool(self.hours_from or self.hours_to)

    def fits(self, hours, shift):
        """Return whether the row is that of a student."""
        if self.shift and self.shift != shift:
            return False
        if not self.needs_hours:
            return True
        if hours is None:
            return False
        return self.hours_from < hours <= (self.hours_to or 24)


def needs_hours(grants):
    """Return whether the hours at school must be known to tell the meals.

    >>> needs_hours([Grant(("lunch",))]), needs_hours([Grant(("lunch",), hours_to=6)])
    (False, True)
    """
    return any(grant.needs_hours for grant in grants)


def granted_meals(grants, hours=None, shift="1"):
    """Return the codes of the meals granted, in the order of the day.

    The first row that fits is the answer; no row, no meals. Unknown ``hours`` fit only
    rows without hours: nobody is fed on a guess.

    >>> item18 = [
    ...     Grant(("breakfast", "lunch"), hours_to=6),
    ...     Grant(("snack", "breakfast", "lunch"), hours_from=6),
    ... ]
    >>> granted_meals(item18, 6), granted_meals(item18, 6.5)
    (('breakfast', 'lunch'), ('breakfast', 'lunch', 'snack'))
    >>> granted_meals(item18), granted_meals([])
    ((), ())
    """
    row = next((grant for grant in grants if grant.fits(hours, shift)), None)
    return tuple(sorted(set(row.meals), key=meal_order)) if row else ()


def meal_order(code):
    """Return the sort key of a meal: those of a municipality's own come last."""
    return (MEALS.index(code) if code in MEALS else len(MEALS), code)


def overlapping(grants):
    """Return the first two rows that could answer for one student, or None.

    A category whose rows overlap grants what stands first, which nobody expects.

    >>> overlapping([Grant(("lunch",), hours_to=6), Grant(("snack",), hours_from=5)])
    (0, 1)
    >>> overlapping([Grant(("lunch",), hours_to=6), Grant(("snack",), hours_from=6)])
    """
    for first, one in enumerate(grants):
        for second in range(first + 1, len(grants)):
            other = grants[second]
            shifts = not (one.shift and other.shift) or one.shift == other.shift
            low = max(one.hours_from, other.hours_from)
            high = min(one.hours_to or 24, other.hours_to or 24)
            if shifts and low < high:
                return first, second
    return None
