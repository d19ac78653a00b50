"""When the number of portions of a day is fixed, on the school's own clock.

Hours are floats as Odoo's widget ``float_time`` keeps them: 9.5 is half past nine.
Moments are naive UTC.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo.addons.school_meal_base.domain import school_days

#: Days on which nobody works at the school; in vacations the office does.
CLOSED_KINDS = frozenset(
    {school_days.WEEKEND, school_days.HOLIDAY, school_days.DAY_OFF}
)
ONE_DAY = timedelta(days=1)
#: No pause of a Russian school is longer without a single working day.
LONGEST_PAUSE = 30


def moment(day, hour, zone):
    """Return the moment at which the clock of a zone shows an hour of a day.

    An hour that the clock skips in spring is the one that follows the change; an hour
    that comes twice in autumn is the first of the two.

    >>> from datetime import date
    >>> moment(date(2026, 11, 16), 9.5, "Asia/Novokuznetsk")
    datetime.datetime(2026, 11, 16, 2, 30)
    >>> moment(date(2026, 3, 29), 2.5, "Europe/Berlin")
    datetime.datetime(2026, 3, 29, 1, 30)
    """
    minutes = min(round(hour * 60), 24 * 60 - 1)
    local = datetime.combine(
        day, time(minutes // 60, minutes % 60), tzinfo=ZoneInfo(zone)
    )
    return local.astimezone(UTC).replace(tzinfo=None)


def forecast_day(day, week=5, periods=()):
    """Return the last day before on which somebody works at the school.

    That is the school day before, or a working day of a vacation: nobody could tell
    on the last day of October's term how many will come nine days later.

    >>> from datetime import date
    >>> forecast_day(date(2026, 11, 16))
    datetime.date(2026, 11, 13)
    >>> forecast_day(date(2026, 11, 16), 6)
    datetime.date(2026, 11, 14)
    >>> forecast_day(date(2027, 1, 11))
    datetime.date(2026, 12, 30)
    """
    for count in range(1, LONGEST_PAUSE + 1):
        before = day - count * ONE_DAY
        if school_days.day_kind(before, week, periods) not in CLOSED_KINDS:
            return before
    return day - ONE_DAY
