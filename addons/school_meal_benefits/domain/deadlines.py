"""Terms of the procedure: when something is due, and whether it came in time.

A term begins on the day after the event (art. 191 of the Civil Code). Working days are
those of the production calendar; a term of calendar days that would end on a day off
ends on the next working day (art. 193). Items are those of resolution № 1020.

>>> due(date(2026, 12, 30), 1)  # item 11: the journal, over the New Year
datetime.date(2027, 1, 11)
>>> due(date(2024, 4, 26), 1)  # Saturday 27 April 2024 was a working day
datetime.date(2024, 4, 27)
"""

from datetime import date, timedelta
from typing import NamedTuple

from odoo.addons.school_meal_base.domain import school_days

ONE_DAY = timedelta(days=1)

# what the state of a term can be
DONE, DONE_LATE, OVERDUE, TODAY, SOON, OPEN = (
    "done",
    "done_late",
    "overdue",
    "today",
    "soon",
    "open",
)
# a term with this many working days left, or fewer, is "soon"
SOON_DAYS = 1


class Terms(NamedTuple):
    """The terms of a regulation; the defaults are those of № 1020.

    ``register``, ``review``, ``decide`` and ``notify`` are working days (items 11, 10,
    6 with 12, 10); ``report`` (item 42) and ``remote_window`` (item 25) calendar days;
    ``pay_day`` is a day of the month after the month taught (item 27).
    """

    register: int = 1
    review: int = 1
    decide: int = 2
    notify: int = 2
    report: int = 5
    remote_window: int = 30
    pay_day: int = 20


def due(day, working_days, is_working=school_days.is_working_day):
    """Return the last day of a term of ``working_days`` that runs from an event.

    ``is_working`` tells of a date whether offices work. Nought days: the day itself,
    or the next working day.

    >>> due(date(2025, 10, 31), 2)  # Saturday 1 November 2025 worked, 3 and 4 were off
    datetime.date(2025, 11, 5)
    >>> due(date(2026, 9, 5), 0)
    datetime.date(2026, 9, 7)
    """
    left = working_days
    while left or not is_working(day):
        day += ONE_DAY
        if left and is_working(day):
            left -= 1
    return day


def due_calendar(day, days, is_working=school_days.is_working_day):
    """Return the last day of a term of calendar days.

    >>> due_calendar(date(2026, 4, 1), 30)  # 1 May is a holiday, 2 and 3 a weekend
    datetime.date(2026, 5, 4)
    >>> due_calendar(date(2026, 9, 1), 30)
    datetime.date(2026, 10, 1)
    """
    return due(day + timedelta(days=days), 0, is_working)


def decision_start(received_on, complete_on=None):
    """Return the day from which the term of the decision runs (items 6, 31, 41).

    ``complete_on`` is the day on which the last answer to a request of the school came;
    item 6 counts from the application *with* its documents.

    >>> decision_start(date(2026, 9, 1)), decision_start(
    ...     date(2026, 9, 1), date(2026, 9, 10)
    ... )
    (datetime.date(2026, 9, 1), datetime.date(2026, 9, 10))
    """
    return max(received_on, complete_on or received_on)


def in_remote_window(remote_from, applied_on, terms=Terms()):  # noqa: B008
    """Return whether an application came within 30 days of remote learning (item 25).

    >>> in_remote_window(date(2026, 9, 1), date(2026, 10, 1))
    True
    >>> in_remote_window(date(2026, 9, 1), date(2026, 10, 2))
    False
    """
    return applied_on <= due_calendar(remote_from, terms.remote_window)


def payment_due(
    month, decided_on=None, pay_day=20, is_working=school_days.is_working_day
):
    """Return the last working day on which a month's compensation is paid (item 27).

    By the 20th of the month after the ``month`` taught (any of its days), not
    before the month after the decision. "Not later than": where the 20th is a day off,
    the working day before it.

    >>> payment_due(date(2026, 9, 1)), payment_due(date(2026, 11, 30))
    (datetime.date(2026, 10, 20), datetime.date(2026, 12, 18))
    >>> payment_due(date(2026, 9, 1), decided_on=date(2026, 11, 2))
    datetime.date(2026, 12, 18)
    """
    latest = max(month, decided_on or month)
    day = date(latest.year + latest.month // 12, latest.month % 12 + 1, pay_day)
    while not is_working(day):
        day -= ONE_DAY
    return day


def days_left(today, due_on, is_working=school_days.is_working_day):
    """Return the working days from ``today`` (not counted) to ``due_on`` (counted).

    Nought on the last day; after it the working days that passed, negative.

    >>> days_left(date(2026, 12, 30), date(2027, 1, 12))
    2
    >>> days_left(date(2027, 1, 13), date(2027, 1, 12))
    -1
    """
    sign = -1 if today > due_on else 1
    first, last = sorted((today, due_on))
    span = (first + timedelta(days=step) for step in range(1, (last - first).days + 1))
    return sign * sum(map(is_working, span))


def state(today, due_on, done_on=None, is_working=school_days.is_working_day):
    """Return the state of a term: a constant of this module.

    >>> friday, monday = date(2026, 9, 4), date(2026, 9, 7)
    >>> state(friday, monday), state(monday, monday), state(date(2026, 9, 8), monday)
    ('soon', 'today', 'overdue')
    >>> state(friday, friday, done_on=monday), state(monday, monday, done_on=friday)
    ('done_late', 'done')
    """
    if done_on:
        return DONE if done_on <= due_on else DONE_LATE
    if today > due_on:
        return OVERDUE
    if today == due_on:
        return TODAY
    return SOON if days_left(today, due_on, is_working) <= SOON_DAYS else OPEN


def is_overdue(today, due_on, done_on=None):
    """Return whether a term was or is missed.

    >>> is_overdue(date(2026, 9, 8), date(2026, 9, 7))
    True
    >>> is_overdue(date(2026, 9, 8), date(2026, 9, 7), done_on=date(2026, 9, 7))
    False
    """
    return (done_on or today) > due_on


def due_dates(received_on, complete_on=None, terms=Terms()):  # noqa: B008
    """Return {"register", "review", "decide"}: last days for an application.

    Registration (item 11) and the head's consideration (item 10) run from the day the
    application came, the decision and its order (items 6, 12) from the day when the
    documents were complete.

    >>> dates = due_dates(date(2026, 4, 30), date(2026, 5, 8))
    >>> [str(dates[name]) for name in ("register", "review", "decide")]
    ['2026-05-04', '2026-05-04', '2026-05-13']
    """
    start = decision_start(received_on, complete_on)
    return {
        "register": due(received_on, terms.register),
        "review": due(received_on, terms.review),
        "decide": due(start, terms.decide),
    }
