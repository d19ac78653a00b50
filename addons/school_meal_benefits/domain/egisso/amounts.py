"""Roubles planned for a receiver: a rate times months, school days, or as it is."""

from decimal import Decimal

KOPECK = Decimal("0.01")
MONTH, DAY, WHOLE = "month", "day", "whole"


def month_count(first, last):
    """Return how many calendar months have a day of the span.

    >>> from datetime import date
    >>> month_count(date(2026, 9, 30), date(2026, 10, 1))
    2
    >>> month_count(date(2026, 9, 1), date(2027, 5, 31))
    9
    >>> month_count(date(2026, 9, 2), date(2026, 9, 1))
    0
    """
    if last < first:
        return 0
    return (last.year - first.year) * 12 + last.month - first.month + 1


def planned(rate, basis, *, first, last, days):
    """Return the amount for the span, exact to the kopeck.

    :param rate: Decimal roubles per month, per school day, or for the whole
    :param days: number of school days of the span; needed for the basis "day"

    >>> from datetime import date
    >>> span = {"first": date(2026, 9, 1), "last": date(2026, 10, 15), "days": 33}
    >>> [planned(Decimal("85.30"), basis, **span) for basis in (MONTH, DAY, WHOLE)]
    [Decimal('170.60'), Decimal('2814.90'), Decimal('85.30')]
    """
    times = {MONTH: month_count(first, last), DAY: days, WHOLE: 1}[basis]
    return (rate * times).quantize(KOPECK)
