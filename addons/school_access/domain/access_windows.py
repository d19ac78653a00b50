"""From rules to windows: what `school_edge.protocol.windows` evaluates.

Rules are looked at in their order: the first one that fits a moment decides it, and
what no rule fits is refused. Windows only say where a card opens, so a refusing rule is
cut out of the rules that follow it.

>>> early = Rule("deny", "out", "1111111", 0, 720)
>>> always = Rule("allow", "both", "1111111", 0, 1440)
>>> for window in compile_windows([early, always]):
...     print(window)
['in', '1111111', 0, 1440, None, None]
['out', '1111111', 720, 1440, None, None]
>>> compile_windows([always, early])
[['both', '1111111', 0, 1440, None, None]]
"""

from datetime import date, timedelta
from typing import NamedTuple

ALLOW = "allow"
DAY = 1440

_WAYS = {"in": 1, "out": 2, "both": 3}
_WAY_NAMES = {number: name for name, number in _WAYS.items()}
_FIRST, _LAST = date.min.toordinal(), date.max.toordinal()


class Rule(NamedTuple):
    """One rule as plain values; ``begin`` and ``end`` in minutes, dates inclusive."""

    effect: str
    direction: str
    days: str
    begin: int
    end: int
    date_from: date | None = None
    date_to: date | None = None
    school_days: bool = False


class Calendar(NamedTuple):
    """The school days of a class: its week, and the days that differ from it."""

    days: str
    off: tuple = ()
    extra: tuple = ()


class _Box(NamedTuple):
    """A set of moments: ways and days as bits, minutes [a, b), dates [a, b)."""

    ways: int
    days: int
    begin: int
    end: int
    first: int
    last: int


def compile_windows(rules, calendar=None):
    """Return the windows of an ordered list of rules, equal ones always alike.

    :param Calendar calendar: for rules that hold on school days; none: every day is
    """
    refused, allowed = [], []
    for rule in rules:
        boxes = _boxes(rule, calendar)
        if rule.effect == ALLOW:
            allowed += _cut(boxes, refused)
        else:
            refused += boxes
    return [_window(box) for box in sorted(_merge(allowed))]


def weekly_spans(rules, today):
    """Return {(days, begin, end)} for a controller, which knows neither directions nor
    dates: who may pass one way passes both, and school days are those of the week.

    >>> weekly_spans([Rule("allow", "in", "1111100", 420, 600)], date(2026, 11, 17))
    {('1111100', 420, 600)}
    """
    current = [
        rule._replace(date_from=None, date_to=None)
        for rule in rules
        if (rule.date_from or today) <= today <= (rule.date_to or today)
    ]
    windows = compile_windows(current)
    boxes = [_boxes(Rule(ALLOW, *each[:4]), None)[0] for each in windows]
    return {
        (_mask(box.days), box.begin, box.end)
        for box in _merge([box._replace(ways=3) for box in boxes])
    }


def calendar_of(days, school_days, span):
    """Return the :class:`Calendar` of a week and the school days of a span of dates.

    >>> span = [date(2026, 11, 20 + day) for day in range(3)]
    >>> calendar_of("1111100", {date(2026, 11, 21)}, span)
    Calendar(days='1111100', off=((739940, 739941),), extra=((739941, 739942),))
    """
    off, extra = [], []
    for day in span:
        usual = days[day.weekday()] == "1"
        if usual != (day in school_days):
            (off if usual else extra).append(day.toordinal())
    return Calendar(days, _runs(off, days), _runs(extra, None))


def _runs(ordinals, days):
    """Join days into spans [a, b); days that are off anyway lie between them."""
    spans = []
    for number in ordinals:
        if spans and _is_bridged(spans[-1][1], number, days):
            spans[-1] = (spans[-1][0], number + 1)
        else:
            spans.append((number, number + 1))
    return tuple(spans)


def _is_bridged(end, number, days):
    between = (date.fromordinal(each) for each in range(end, number))
    return all(days and days[day.weekday()] == "0" for day in between)


def _boxes(rule, calendar):
    first = rule.date_from.toordinal() if rule.date_from else _FIRST
    last = rule.date_to.toordinal() + 1 if rule.date_to else _LAST + 1
    box = _Box(
        _WAYS[rule.direction], _bits(rule.days), rule.begin, rule.end, first, last
    )
    if not (rule.school_days and calendar):
        return [box]
    usual = box._replace(days=box.days & _bits(calendar.days))
    off = [_Box(3, 127, 0, DAY, *span) for span in calendar.off]
    extra = [
        box._replace(first=max(first, begin), last=min(last, end))
        for begin, end in calendar.extra
    ]
    return [each for each in _cut([usual], off) + extra if _is_real(each)]


def _cut(boxes, holes):
    """Return the boxes without the moments of the holes."""
    for hole in holes:
        boxes = [piece for box in boxes for piece in _subtract(box, hole)]
    return boxes


def _subtract(box, hole):
    common = _Box(
        box.ways & hole.ways,
        box.days & hole.days,
        max(box.begin, hole.begin),
        min(box.end, hole.end),
        max(box.first, hole.first),
        min(box.last, hole.last),
    )
    if not _is_real(common):
        return [box]
    rest = [
        box._replace(ways=box.ways & ~common.ways),
        box._replace(ways=common.ways, days=box.days & ~common.days),
    ]
    inner = box._replace(ways=common.ways, days=common.days)
    rest += [
        inner._replace(last=common.first),
        inner._replace(first=common.last),
    ]
    inner = inner._replace(first=common.first, last=common.last)
    rest += [inner._replace(end=common.begin), inner._replace(begin=common.end)]
    return [piece for piece in rest if _is_real(piece)]


def _is_real(box):
    return box.ways and box.days and box.begin < box.end and box.first < box.last


def _merge(boxes):
    """Join boxes that differ in one respect only; drop those inside another."""
    boxes = _disjoint(boxes)
    joined = True
    while joined:
        joined = False
        for index, box in enumerate(boxes):
            for other in boxes[index + 1 :]:
                union = _union(box, other)
                if union:
                    boxes.remove(box)
                    boxes.remove(other)
                    boxes.append(union)
                    joined = True
                    break
            if joined:
                break
    return boxes


def _disjoint(boxes):
    apart = []
    for box in sorted(set(boxes)):
        apart += _cut([box], apart)
    return apart


def _union(one, two):
    """Return the box that two disjoint boxes make together, None when they do not."""
    different = [
        name for name in _Box._fields if getattr(one, name) != getattr(two, name)
    ]
    if len(different) == 1 and different[0] in ("ways", "days"):
        [name] = different
        return one._replace(**{name: getattr(one, name) | getattr(two, name)})
    for low, high in (("begin", "end"), ("first", "last")):
        if set(different) <= {low, high}:
            early, late = sorted((one, two), key=lambda box: getattr(box, low))
            if getattr(early, high) == getattr(late, low):
                return early._replace(**{high: getattr(late, high)})
    return None


def _window(box):
    return [
        _WAY_NAMES[box.ways],
        _mask(box.days),
        box.begin,
        box.end,
        None if box.first <= _FIRST else date.fromordinal(box.first).isoformat(),
        None
        if box.last > _LAST
        else (date.fromordinal(box.last) - timedelta(days=1)).isoformat(),
    ]


def _bits(mask):
    return sum(1 << number for number, day in enumerate(mask) if day == "1")


def _mask(bits):
    return "".join("1" if bits >> number & 1 else "0" for number in range(7))
