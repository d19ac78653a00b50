"""When a change of the form of study ends a right (items 24.1, 24.2, 24.4).

Free meals only pause while a student is taught at home or remotely (item 14): whoever
comes back to school eats again. Money ends with the form that it was granted for, and
everything ends with family education, which is outside of the school.

>>> home = Period("home", date(2026, 10, 1), date(2026, 12, 31))
>>> end_of_form(date(2026, 10, 5), date(2027, 8, 31), [home], {"home"})
End(why='form_changed', last_day=datetime.date(2026, 12, 31))
"""

from datetime import date, timedelta
from typing import NamedTuple

from .conditions import FAMILY, ONSITE
from .entitlement_dates import FAMILY as FAMILY_EDUCATION
from .entitlement_dates import FORM_CHANGED, End, lasts_until

ONE_DAY = timedelta(days=1)


class Period(NamedTuple):
    """Days of a form of study other than at school; ``date_to`` None: until further
    notice. Periods of a student do not overlap."""

    form: str
    date_from: date
    date_to: date | None = None


def timeline(first, last, periods):
    """Return ((first day, form), …) from ``first`` to ``last``, day by day complete.

    >>> home = Period("home", date(2026, 10, 1), date(2026, 12, 31))
    >>> [(str(day), form) for day, form in timeline(
    ...     date(2026, 9, 1), date(2027, 8, 31), [home])]
    [('2026-09-01', 'onsite'), ('2026-10-01', 'home'), ('2027-01-01', 'onsite')]
    """
    parts, day = [], first
    for period in sorted(periods, key=lambda each: each.date_from):
        end = min(period.date_to or last, last)
        begin = max(period.date_from, first)
        if begin > end:
            continue
        if day < begin:
            parts.append((day, ONSITE))
        parts.append((begin, period.form))
        day = end + ONE_DAY
    if day <= last:
        parts.append((day, ONSITE))
    return tuple(parts)


def end_of_form(first, last, periods, forms):
    """Return the :class:`End` of a right in a form of study, None: it lasts.

    Days before the form begins end nothing: money is granted from the application on,
    and the lessons at home may begin later.

    :param forms: the forms of study of the category, or None where only leaving the
        school ends the right

    >>> family = Period("family", date(2026, 11, 9))
    >>> end_of_form(date(2026, 9, 1), date(2027, 8, 31), [family], None)
    End(why='family_education', last_day=datetime.date(2026, 11, 8))
    >>> late = Period("home", date(2026, 9, 10))
    >>> end_of_form(date(2026, 9, 1), date(2027, 8, 31), [late], {"home"})
    """
    did_fit = False
    for day, form in timeline(first, last, periods):
        if form == FAMILY:
            return End(FAMILY_EDUCATION, lasts_until(day))
        fits = forms is None or form in forms
        if did_fit and not fits:
            return End(FORM_CHANGED, lasts_until(day))
        did_fit = fits
    return None
