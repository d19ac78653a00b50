"""Periods of a statement: the buttons of the cabinet and what a reader may type.

>>> from datetime import date
>>> preset("two_days", date(2018, 3, 16))
Period(date_from=datetime.date(2018, 3, 14), date_to=datetime.date(2018, 3, 16))
>>> preset("month", date(2026, 11, 22)).date_from
datetime.date(2026, 11, 1)
"""

from datetime import date, timedelta
from typing import NamedTuple

TWO_DAYS = "two_days"
TWO_WEEKS = "two_weeks"
THIRTY_DAYS = "thirty_days"
MONTH = "month"

#: Days back from today. "The last two days" of the 16th begins on the 14th, as
#: parents know it: today is not over yet and does not count.
_DAYS_BACK = {TWO_DAYS: 2, TWO_WEEKS: 14, THIRTY_DAYS: 30}
PRESETS = (TWO_DAYS, TWO_WEEKS, THIRTY_DAYS, MONTH)

#: Longest period of one statement, in days: a child's whole time at school.
MAX_DAYS = 12 * 366


class Period(NamedTuple):
    """Both days belong to the period."""

    date_from: date
    date_to: date


class PeriodError(ValueError):
    """The typed period makes no sense; ``args[0]`` is a code for the message."""


def preset(code, today):
    """Return the period of a button pressed on the day ``today``.

    >>> preset("two_weeks", date(2026, 1, 5)).date_from
    datetime.date(2025, 12, 22)
    >>> preset("decade", date(2026, 1, 5))  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    statement_periods.PeriodError: unknown_preset
    """
    if code == MONTH:
        return Period(today.replace(day=1), today)
    if code not in _DAYS_BACK:
        raise PeriodError("unknown_preset")
    return Period(today - timedelta(days=_DAYS_BACK[code]), today)


def typed(date_from, date_to, today):
    """Return the period a reader typed; a missing end is today.

    Both are ISO texts as a date field of a page sends them. Swapped ends are put
    right: the reader's meaning is plain.

    >>> typed("2026-03-16", "2026-01-16", date(2026, 11, 22)).date_from
    datetime.date(2026, 1, 16)
    >>> typed("2026-03-16", "", date(2026, 3, 20)).date_to
    datetime.date(2026, 3, 20)
    >>> typed("16.03", "", date(2026, 3, 20))  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    statement_periods.PeriodError: not_a_date
    >>> typed("0001-01-01", "", date(2026, 3, 20))  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    statement_periods.PeriodError: too_long
    """
    try:
        start = date.fromisoformat(date_from)
        end = date.fromisoformat(date_to) if date_to else today
    except (TypeError, ValueError):
        raise PeriodError("not_a_date") from None
    start, end = min(start, end), max(start, end)
    if (end - start).days > MAX_DAYS:
        raise PeriodError("too_long")
    return Period(start, end)
