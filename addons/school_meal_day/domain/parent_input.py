"""What parents may ask for, checked before anything is looked up.

The answers are bounded: no page makes the server work on more days than
:data:`MAX_DAYS`.
"""

from datetime import date, timedelta

#: Two months: the longest time one request may be about.
MAX_DAYS = 62


class InputError(ValueError):
    """The request makes no sense; ``code`` says why."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def read_date(value):
    """Return a date of the usual form.

    >>> read_date("2026-11-16")
    datetime.date(2026, 11, 16)
    >>> read_date("16.11.2026")
    Traceback (most recent call last):
    ...
    odoo.addons.school_meal_day.domain.parent_input.InputError: date
    """
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise InputError("date") from None
    if not 2000 <= day.year <= 2100:
        raise InputError("date")
    return day


def read_period(date_from, date_to):
    """Return the days of a period, both ends included.

    >>> len(read_period("2026-11-16", "2026-11-20"))
    5
    >>> read_period("2026-11-20", "2026-11-16")
    Traceback (most recent call last):
    ...
    odoo.addons.school_meal_day.domain.parent_input.InputError: period
    >>> read_period("2026-01-01", "2026-12-31")
    Traceback (most recent call last):
    ...
    odoo.addons.school_meal_day.domain.parent_input.InputError: too_long
    """
    first, last = read_date(date_from), read_date(date_to)
    if last < first:
        raise InputError("period")
    count = (last - first).days + 1
    if count > MAX_DAYS:
        raise InputError("too_long")
    return [first + timedelta(days=number) for number in range(count)]


def read_dates(values):
    """Return the days of a list, each once.

    >>> read_dates(["2026-11-17", "2026-11-16", "2026-11-17"])
    [datetime.date(2026, 11, 16), datetime.date(2026, 11, 17)]
    >>> read_dates([])
    Traceback (most recent call last):
    ...
    odoo.addons.school_meal_day.domain.parent_input.InputError: date
    """
    if not isinstance(values, list) or not values:
        raise InputError("date")
    if len(values) > MAX_DAYS:
        raise InputError("too_long")
    return sorted({read_date(value) for value in values})


def read_weekdays(value):
    """Return the digits of days of the week, in order; "" is every school day.

    >>> read_weekdays("531"), read_weekdays([1, 5]), read_weekdays(None)
    ('135', '15', '')
    >>> read_weekdays("18")
    Traceback (most recent call last):
    ...
    odoo.addons.school_meal_day.domain.parent_input.InputError: weekdays
    """
    digits = [str(digit) for digit in value] if isinstance(value, str | list) else []
    if value and not digits or len(digits) > 7 or set(digits) - set("1234567"):
        raise InputError("weekdays")
    return "".join(sorted(set(digits)))


def is_chosen(day, weekdays):
    """Tell whether a standing choice is about a day.

    >>> is_chosen(date(2026, 11, 16), "135"), is_chosen(date(2026, 11, 17), "135")
    (True, False)
    >>> is_chosen(date(2026, 11, 17), "")
    True
    """
    return not weekdays or str(day.isoweekday()) in weekdays
