"""Which days of a month money is paid for, and how much: items 21-30 of № 1020.

A day counts when the right is in force, the student is at the school that pays, it is a
day of lessons of a student taught at home or remotely, and none of the exclusions of
item 30 applies. Every day has one reason, the first that applies in :data:`REASONS`.
Amounts are integer kopecks.

>>> rights = (Span(date(2026, 9, 1), date(2027, 8, 31)),)
>>> home = (Study("home", date(2026, 9, 1), None, "135"),)
>>> facts = Facts(rights, rights, home, calendar=school_days.production_kind,
...               rates=(Rate(date(2026, 1, 1), 15050),),
...               stays=(Stay("hospital", date(2026, 9, 7), date(2026, 9, 9)),))
>>> days = explain(*month_bounds(date(2026, 9, 1)), facts)
>>> [(day.reason, day.kopecks) for day in days[:8]][:5]
[('not_taught', 0), ('counted', 15050), ('not_taught', 0), ('counted', 15050), \
('weekend', 0)]
>>> [day.reason for day in days[6:9]]
['hospital', 'hospital', 'hospital']
>>> count(days), total(days)
(11, 165550)
"""

from bisect import bisect_right
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from odoo.addons.school_meal_base.domain import school_days

from .conditions import HOME, REMOTE

ONE_DAY = timedelta(days=1)
#: Forms of study that are compensated (item 21).
FORMS = (HOME, REMOTE)

COUNTED = "counted"
NO_RATE = "no_rate"
MEAL = "meal"
PAID_ELSEWHERE = "paid_elsewhere"
ABSENCES = ("excused", "unexcused")
STAYS = ("recreation", "rehabilitation", "hospital")
#: Why a day is or is not paid, in the order in which reasons are looked for.
REASONS = (
    "before_start",  # items 10, 25
    "after_end",  # item 24
    "not_entitled",  # between two rights
    "other_school",  # another school of the municipality pays
    "weekend",  # item 30.1
    "holiday",  # item 30.1
    "vacation",  # item 30.2
    "day_off",  # the school's calendar (item 29)
    *STAYS,  # items 30.3, 30.4, 30.5
    "onsite",  # item 21: neither at home nor remotely that day
    "not_taught",  # item 29: no lessons in the student's own timetable
    *ABSENCES,  # item 30.6
    MEAL,  # item 21: money takes the place of meals, never both
    NO_RATE,  # item 28: no decision of the deputies
    PAID_ELSEWHERE,  # another school has paid; it corrects that first
    COUNTED,
)


class Span(NamedTuple):
    """Days, both ends included; ``date_to`` None: still going on."""

    date_from: date
    date_to: date | None = None


class Study(NamedTuple):
    """A form of study; ``week_days`` are digits 1 (Monday) to 7, empty: all."""

    form: str
    date_from: date
    date_to: date | None = None
    week_days: str = ""


class Stay(NamedTuple):
    """Days at a sanatorium, rehabilitation or hospital: :data:`STAYS`."""

    kind: str
    date_from: date
    date_to: date | None = None


class Absence(NamedTuple):
    """Days of absence, excused or not."""

    is_excused: bool
    date_from: date
    date_to: date


class Rate(NamedTuple):
    """Kopecks a day from a date on, until the next rate (item 28)."""

    date_from: date
    kopecks: int
    id: int = 0


class Facts(NamedTuple):
    """What the days of a student at a school depend on.

    ``places`` are the spans at the school that pays; ``calendar`` maps a day to its
    kind for the student's class (see ``school_days.day_kind``), closures of the class
    left out: home lessons go on in a quarantine. ``meals`` are the days on which a
    budget paid for a meal, ``held`` those that an approved month of another school
    pays.
    """

    rights: tuple[Span, ...]
    places: tuple[Span, ...]
    studies: tuple[Study, ...]
    calendar: Callable[[date], str]
    rates: tuple[Rate, ...]
    stays: tuple[Stay, ...] = ()
    absences: tuple[Absence, ...] = ()
    meals: frozenset = frozenset()
    held: frozenset = frozenset()


class Day(NamedTuple):
    """A day explained: ``reason`` of :data:`REASONS`, kopecks nought unless counted."""

    date: date
    reason: str
    kopecks: int = 0
    rate_id: int = 0

    @property
    def is_counted(self):
        return self.reason == COUNTED


def covers(span, day):
    """Return whether a span, of whatever kind, covers a day.

    >>> covers(Span(date(2024, 2, 29)), date(2024, 3, 1))
    True
    """
    return span.date_from <= day and (span.date_to is None or day <= span.date_to)


def month_bounds(day):
    """Return the first and the last day of the month of a day.

    >>> [str(each) for each in month_bounds(date(2024, 2, 10))]
    ['2024-02-01', '2024-02-29']
    """
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return first, following - ONE_DAY


def rate_on(rates, day):
    """Return the rate valid on a day, None before the first; ``rates`` by date.

    >>> rates = Rate(date(2026, 9, 1), 100), Rate(date(2026, 9, 15), 120)
    >>> rate_on(rates, date(2026, 9, 14)).kopecks, rate_on(rates, date(2026, 8, 31))
    (100, None)
    """
    index = bisect_right([rate.date_from for rate in rates], day)
    return rates[index - 1] if index else None


def reason_on(day, facts):
    """Return why a day is paid or not: one of :data:`REASONS`."""
    return (
        _right_reason(day, facts)
        or _calendar_reason(day, facts)
        or _first_kind(facts.stays, day)
        or _study_reason(day, facts.studies)
        or _absence_reason(day, facts.absences)
        or (MEAL if day in facts.meals else None)
        or (None if rate_on(facts.rates, day) else NO_RATE)
        or (PAID_ELSEWHERE if day in facts.held else None)
        or COUNTED
    )


def explain(first, last, facts):
    """Return a :class:`Day` for each day of a span, both ends included."""
    days = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        reason = reason_on(day, facts)
        rate = rate_on(facts.rates, day) if reason == COUNTED else None
        days.append(
            Day(day, reason, rate.kopecks, rate.id) if rate else Day(day, reason)
        )
    return tuple(days)


def count(days):
    return sum(day.is_counted for day in days)


def total(days):
    return sum(day.kopecks for day in days)


def changed(then, now):
    """Return the days of ``now`` that are paid otherwise than ``then``.

    >>> first = date(2026, 9, 1)
    >>> changed([Day(first, COUNTED, 100)], [Day(first, "hospital")])
    (Day(date=datetime.date(2026, 9, 1), reason='hospital', kopecks=0, rate_id=0),)
    """
    before = {day.date: day.kopecks for day in then}
    return tuple(day for day in now if before.get(day.date, 0) != day.kopecks)


def accounting_month(taught, decided_on):
    """Return the first of the month in whose calculation a month taught belongs.

    Item 27: money is sent from the month after that of the decision. A month taught
    before the decision is calculated with the month of the decision, so that it is sent
    in the month after it.

    >>> accounting_month(date(2026, 9, 1), date(2026, 9, 30))
    datetime.date(2026, 9, 1)
    >>> accounting_month(date(2026, 9, 1), date(2026, 11, 2))
    datetime.date(2026, 11, 1)
    """
    return max(taught, decided_on).replace(day=1)


def _right_reason(day, facts):
    if not any(covers(right, day) for right in facts.rights):
        if not facts.rights:
            return "not_entitled"
        if day < min(right.date_from for right in facts.rights):
            return "before_start"
        ends = [right.date_to for right in facts.rights]
        return "after_end" if None not in ends and day > max(ends) else "not_entitled"
    if not any(covers(place, day) for place in facts.places):
        return "other_school"
    return None


def _calendar_reason(day, facts):
    kind = facts.calendar(day)
    return None if kind in school_days.SCHOOL_KINDS else kind


def _first_kind(stays, day):
    kinds = {stay.kind for stay in stays if covers(stay, day)}
    return next((kind for kind in STAYS if kind in kinds), None)


def _study_reason(day, studies):
    study = next((each for each in studies if covers(each, day)), None)
    if not study or study.form not in FORMS:
        return "onsite"
    if study.week_days and str(day.isoweekday()) not in study.week_days:
        return "not_taught"
    return None


def _absence_reason(day, absences):
    found = [absence for absence in absences if covers(absence, day)]
    if not found:
        return None
    return ABSENCES[not any(absence.is_excused for absence in found)]
