"""Periods of the schools' reports to the department and when they are due (item 8).

>>> last_ended("month", date(2026, 11, 5))
(datetime.date(2026, 10, 1), datetime.date(2026, 10, 31))
>>> last_ended("quarter", date(2027, 1, 1)), last_ended("year", date(2027, 3, 1))[1]
((datetime.date(2026, 10, 1), datetime.date(2026, 12, 31)), datetime.date(2026, 12, 31))
"""

from datetime import date, timedelta

from odoo.addons.school_meal_base.domain import school_days

MONTHS = {"month": 1, "quarter": 3, "year": 12}
ONE_DAY = timedelta(days=1)


def period_of(kind, day):
    """Return the first and the last day of the period that a day is in.

    >>> period_of("quarter", date(2028, 2, 29))
    (datetime.date(2028, 1, 1), datetime.date(2028, 3, 31))
    >>> period_of("month", date(2028, 2, 3))[1]
    datetime.date(2028, 2, 29)
    """
    length = MONTHS[kind]
    first = day.replace(month=(day.month - 1) // length * length + 1, day=1)
    after = first.month + length
    year, month = first.year + (after - 1) // 12, (after - 1) % 12 + 1
    return first, date(year, month, 1) - ONE_DAY


def last_ended(kind, today):
    """Return the first and the last day of the period that ended before today."""
    first, _last = period_of(kind, today)
    return period_of(kind, first - ONE_DAY)


def due(last, count, is_working, is_working_day=school_days.is_working_day):
    """Return the ``count``-th day after a period, of all days or of working days.

    A day of the month that is off moves to the next working day.

    >>> due(date(2026, 12, 31), 3, True), due(date(2026, 12, 31), 3, False)
    (datetime.date(2027, 1, 13), datetime.date(2027, 1, 11))
    >>> due(date(2026, 10, 31), 5, False)
    datetime.date(2026, 11, 5)
    """
    if is_working:
        return school_days.add_working_days(last, count)
    day = last + timedelta(days=count)
    while not is_working_day(day):
        day += ONE_DAY
    return day
