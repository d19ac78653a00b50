"""Which days are working days and which are school days in Russia.

The production calendar (public holidays, official transfers, working Saturdays)
comes from the ``holidays`` package; vacations, quarantine, remote days, extra
days and days off are periods that the municipality or a school sets.

>>> from datetime import date
>>> is_working_day(date(2026, 5, 11)), is_working_day(date(2024, 4, 27))
(False, True)
>>> add_working_days(date(2026, 12, 30), 1)
datetime.date(2027, 1, 11)
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

SCHOOL, EXTRA_DAY = "school", "extra_day"
WEEKEND, HOLIDAY = "weekend", "holiday"
VACATION, QUARANTINE, REMOTE, DAY_OFF = "vacation", "quarantine", "remote", "day_off"
PERIOD_KINDS = (VACATION, QUARANTINE, REMOTE, EXTRA_DAY, DAY_OFF)
SCHOOL_KINDS = frozenset({SCHOOL, EXTRA_DAY})

SCOPE_COMPANY, SCOPE_SCHOOL, SCOPE_CLASS = 0, 1, 2

SATURDAY = 5
ONE_DAY = timedelta(days=1)
_MOVED_FROM = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})")


@dataclass(frozen=True)
class Period:
    """Days, both ends included, that differ from the production calendar."""

    kind: str
    date_from: date
    date_to: date
    scope: int = SCOPE_COMPANY

    def covers(self, day):
        return self.date_from <= day <= self.date_to


def _origin(day, name, calendar):
    """Return the day off that was moved to ``day``, or None for a holiday itself."""
    moved = _MOVED_FROM.search(name)
    if moved:
        return date(*map(int, reversed(moved.groups())))
    if not name.endswith("(выходной)"):
        return None
    holiday = name.removesuffix(" (выходной)")
    earlier = [each for each in calendar if each < day and calendar[each] == holiday]
    return max(earlier, default=None)


@lru_cache(maxsize=64)
def _days_off(year):
    """Return {day off by law or decree: the day it was moved from or None}."""
    calendar = holidays.Russia(years=year, language="ru")
    names = {day: name for day, name in calendar.items() if day.year == year}
    return {day: _origin(day, name, names) for day, name in names.items()}


@lru_cache(maxsize=64)
def _working_weekends(year):
    calendar = holidays.Russia(years=year, language="ru")
    return frozenset(calendar.weekend_workdays)


def production_kind(day, week=5):
    """Return 'school' for a working day, else 'weekend' or 'holiday'.

    ``week`` is 5 or 6. A day off moved from a Saturday is a day off only in a
    five-day week: with six days that Saturday was a working day (or a holiday
    that coincided with no day off), so there is nothing to move.

    >>> production_kind(date(2024, 4, 29)), production_kind(date(2024, 4, 29), 6)
    ('holiday', 'school')
    >>> production_kind(date(2026, 3, 9)), production_kind(date(2026, 3, 9), 6)
    ('holiday', 'holiday')
    >>> production_kind(date(2026, 9, 5)), production_kind(date(2026, 9, 5), 6)
    ('weekend', 'school')
    """
    days_off = _days_off(day.year)
    if day in days_off:
        origin = days_off[day]
        if not (week == 6 and origin and origin.weekday() == SATURDAY):
            return HOLIDAY
    if day.weekday() < week or day in _working_weekends(day.year):
        return SCHOOL
    return WEEKEND


def is_working_day(day, week=5):
    """Return whether ``day`` is a working day of the production calendar."""
    return production_kind(day, week) == SCHOOL


def add_working_days(day, count, week=5):
    """Return the working day ``count`` working days after (before, if < 0) ``day``.

    Nought gives ``day`` itself when it is a working day, else the next one.

    >>> add_working_days(date(2025, 10, 31), 1)  # Saturday 1 November worked
    datetime.date(2025, 11, 1)
    >>> add_working_days(date(2025, 10, 31), 2), add_working_days(date(2025, 11, 5), -1)
    (datetime.date(2025, 11, 5), datetime.date(2025, 11, 1))
    >>> add_working_days(date(2026, 1, 3), 0)
    datetime.date(2026, 1, 12)
    """
    step = -ONE_DAY if count < 0 else ONE_DAY
    left = abs(count)
    while left == 0 and not is_working_day(day, week):
        day += step
    while left:
        day += step
        left -= is_working_day(day, week)
    return day


def day_kind(day, week=5, periods=()):
    """Return what ``day`` is for a class whose ``periods`` are given.

    Quarantine and remote teaching win over everything. Then the most specific
    day off or extra day (class before school before municipality; a day off
    before an extra day of the same scope), vacation, the production calendar.

    >>> autumn = Period(VACATION, date(2026, 10, 26), date(2026, 11, 3))
    >>> extra = Period(EXTRA_DAY, date(2026, 10, 31), date(2026, 10, 31), SCOPE_SCHOOL)
    >>> day_kind(date(2026, 10, 30), 5, [autumn, extra])
    'vacation'
    >>> day_kind(date(2026, 10, 31), 5, [autumn, extra])
    'extra_day'
    >>> day_kind(date(2026, 10, 25), 5, [autumn, extra])
    'weekend'
    """
    covering = [period for period in periods if period.covers(day)]
    kinds = {period.kind for period in covering}
    for kind in (QUARANTINE, REMOTE):
        if kind in kinds:
            return kind
    exceptions = [each for each in covering if each.kind in (DAY_OFF, EXTRA_DAY)]
    if exceptions:
        return max(exceptions, key=lambda each: (each.scope, each.kind == DAY_OFF)).kind
    production = production_kind(day, week)
    return VACATION if VACATION in kinds and production == SCHOOL else production


def is_school_day(day, week=5, periods=()):
    """Return whether children are taught at the school on ``day``."""
    return day_kind(day, week, periods) in SCHOOL_KINDS


def school_days(date_from, date_to, week=5, periods=()):
    """Return the list of school days from ``date_from`` to ``date_to`` inclusive.

    >>> len(school_days(date(2026, 5, 1), date(2026, 5, 31)))
    19
    """
    length = (date_to - date_from).days + 1
    days = (date_from + timedelta(days=offset) for offset in range(max(length, 0)))
    return [day for day in days if is_school_day(day, week, periods)]


def school_year_start(day):
    """Return the year in which the school year of ``day`` began (1 September).

    Summer belongs to the year that ended: a list printed in July is last year's.

    >>> school_year_start(date(2026, 8, 31)), school_year_start(date(2026, 9, 1))
    (2025, 2026)
    """
    return day.year if day.month >= 9 else day.year - 1


def new_class_year(day):
    """Return the school year that a class made on ``day`` belongs to.

    From June on schools make up the classes of the coming year.

    >>> new_class_year(date(2026, 5, 31)), new_class_year(date(2026, 6, 1))
    (2025, 2026)
    """
    return day.year if day.month >= 6 else day.year - 1
