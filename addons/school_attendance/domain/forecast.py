"""How many portions will be wanted on a school day, from the days before it.

Not the number is forecast but the share of the children who are expected at school:
that follows quarantines, excursions and reported absences by itself. The share has a
level that follows the last two weeks, a profile of the week, and a season where last
year is known. Days after a pause have no day before them to lean on, so nothing here
speaks of "yesterday": distance is counted in school days.

The naive forecast beside it is the number of the same weekday a week before, or of the
last school day where that one was no school day.

Pure functions; portions and children are counts, dates are local dates of the school.
"""

from datetime import date, timedelta
from statistics import median
from typing import NamedTuple

#: After so many school days a day counts half for the level.
LEVEL_HALF_LIFE = 6
#: After so many weeks a day counts half for the profile of its weekday.
WEEK_HALF_LIFE = 5
#: So many days without any profile are mixed into that of a weekday: two Mondays make
#: no rule.
WEEK_PRIOR = 2.0
#: Shares further from the median than so many median deviations are pulled in.
CLIP = 4.0
#: No school has a steadier share than this; it keeps CLIP from cutting everything off.
LEAST_DEVIATION = 0.02
ENOUGH = 3
#: Days that speak of level and week: a term and a half.
LONG = 90
#: Last year speaks with half its voice and within these bounds.
SEASON_WEIGHT, SEASON_BOUNDS = 0.5, (0.85, 1.15)
YEAR = timedelta(days=364)  # the same weekday


class Day(NamedTuple):
    """A school day that is over."""

    date: date
    expected: int
    portions: int


class Forecast(NamedTuple):
    portions: int
    naive: int | None


def forecast(days, target, expected):
    """Return the :class:`Forecast` of a day, None without any day before it.

    :param days: of the school and meal, in any order; later ones than the target and
        those on which nobody was expected are left out
    :param target: the day
    :param expected: children expected on it

    >>> monday = date(2026, 11, 2)
    >>> days = [
    ...     Day(monday + timedelta(week * 7 + day), 100, 90 - 10 * (day == 4))
    ...     for week in range(4) for day in range(5)
    ... ]
    >>> forecast(days, date(2026, 11, 30), 100), forecast(days, date(2026, 12, 4), 100)
    (Forecast(portions=89, naive=90), Forecast(portions=83, naive=80))
    >>> forecast(days, date(2026, 11, 30), 50)  # half of the school is in quarantine
    Forecast(portions=45, naive=90)
    >>> forecast([], date(2026, 11, 30), 100)
    """
    known = sorted(day for day in days if day.date < target and day.expected > 0)
    if not known:
        return None
    last = known[-LONG:]
    shares = _clipped([(day.date, day.portions / day.expected) for day in last])
    recent = list(zip(last, shares, strict=True))
    week = {number: _profile(recent, number, target) for number in range(7)}
    level = _level(recent, week)
    share = level * week[target.weekday()] * season(known, target)
    portions = round(min(max(share, 0.0), _most(recent)) * max(expected, 0))
    return Forecast(portions, naive(known, target))


def _most(recent):
    """Return the greatest share that was ever seen: teachers may eat too."""
    return max(1.0, *(share for _day, share in recent))


def _clipped(recent):
    """Return shares, those far from the others pulled in: a closed kitchen, a feast.

    The others are those of the weekday, as soon as there are three of them.

    >>> first = date(2026, 11, 9)
    >>> days = [(first + timedelta(n), share) for n, share in enumerate([0.9, 0.9, 0])]
    >>> [round(share, 2) for share in _clipped(days)]
    [0.9, 0.9, 0.82]
    """
    weekdays = [
        [share for day, share in recent if day.weekday() == number]
        for number in range(7)
    ]
    every = [share for _day, share in recent]
    bounds = [_bounds(own if len(own) >= ENOUGH else every) for own in weekdays]
    return [
        min(max(share, bounds[day.weekday()][0]), bounds[day.weekday()][1])
        for day, share in recent
    ]


def _bounds(shares):
    middle = median(shares)
    deviation = max(median(abs(share - middle) for share in shares), LEAST_DEVIATION)
    return middle - CLIP * deviation, middle + CLIP * deviation


def _profile(recent, weekday, target):
    """Return the factor of a weekday: how it stands to the days around it."""
    weight = WEEK_PRIOR
    total = WEEK_PRIOR
    shares = [share for _day, share in recent]
    for index, (day, share) in enumerate(recent):
        if day.date.weekday() != weekday:
            continue
        around = shares[max(0, index - 4) : index + 5]
        middle = sum(around) / len(around)
        if middle:
            weeks = (target - day.date).days / 7
            own = 0.5 ** (weeks / WEEK_HALF_LIFE)
            weight += own
            total += own * share / middle
    return total / weight


def _level(recent, week):
    """Return the level without the week: the last days count most."""
    weight = total = 0.0
    for age, (day, share) in enumerate(reversed(recent)):
        own = 0.5 ** (age / LEVEL_HALF_LIFE)
        weight += own
        total += own * share / max(week[day.date.weekday()], 0.1)
    return total / weight


def season(known, target):
    """Return how the days around the target stood, a year ago, to the weeks before.

    >>> season([], date(2026, 11, 30))
    1.0
    >>> last = date(2025, 12, 1)
    >>> known = [
    ...     Day(last - timedelta(n), 100, 90 if n > 3 else 72) for n in range(-3, 30)
    ... ]
    >>> season(known, date(2026, 11, 30))  # a year ago a wave of flu began on this day
    0.9
    """
    then = target - YEAR
    around = _mean(known, then - timedelta(days=3), then + timedelta(days=3))
    before = _mean(known, then - timedelta(days=28), then - timedelta(days=4))
    if not around or not before:
        return 1.0
    low, high = SEASON_BOUNDS
    factor = 1 + SEASON_WEIGHT * (around / before - 1)
    return round(min(max(factor, low), high), 6)


def _mean(known, since, until):
    shares = [
        day.portions / day.expected
        for day in known
        if day.expected > 0 and since <= day.date <= until
    ]
    return sum(shares) / len(shares) if shares else 0


def naive(known, target):
    """Return the portions of the same weekday a week before, or of the last day.

    >>> known = [Day(date(2026, 11, 23), 100, 80), Day(date(2026, 11, 27), 100, 70)]
    >>> naive(known, date(2026, 11, 30)), naive(known, date(2026, 12, 1))
    (80, 70)
    >>> naive([], date(2026, 11, 30))
    """
    before = {day.date: day.portions for day in known if day.date < target}
    if not before:
        return None
    return before.get(target - timedelta(days=7), before[max(before)])


def mape(pairs):
    """Return the mean absolute error in per cent, None where nothing was wanted.

    :param pairs: (actual, forecast) of days

    >>> mape([(100, 90), (50, 55)]), mape([(0, 3)])
    (10.0, None)
    """
    errors = [100 * abs(actual - guess) / actual for actual, guess in pairs if actual]
    return round(sum(errors) / len(errors), 1) if errors else None
