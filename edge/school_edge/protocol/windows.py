"""May this card pass here now: one decision for the server and the gateway.

A *window* is ``[direction, days, begin, end, date_from, date_to]``: direction "in",
"out" or "both"; days a mask of seven 0/1, Monday first; minutes of the day, the end
excluded; ISO dates, both included, None without a limit. All of it is the local time
of the school. A card may pass in any of its windows. ``protocol/access_windows.json``
holds golden vectors that both sides replay.

>>> from datetime import datetime
>>> lessons = [["in", "1111100", 420, 600, None, None],
...            ["out", "1111100", 720, 1200, None, None]]
>>> monday = datetime(2026, 11, 16, 9, 0)
>>> allows(lessons, "in", monday), allows(lessons, "out", monday)
(True, False)
>>> decide(lessons, "out", datetime(2026, 11, 16, 6, 0), "Europe/Moscow")
'no_permission'
"""

from datetime import UTC
from functools import lru_cache
from zoneinfo import ZoneInfo

GRANTED = "granted"
UNKNOWN_CARD = "unknown_card"
BLOCKED_CARD = "blocked_card"
EXPIRED_PASS = "expired_pass"
OTHER_SCHOOL = "other_school"
NO_RULE = "no_rule"
WRONG_TIME = "wrong_time"
NO_PERMISSION = "no_permission"
ANTIPASSBACK = "antipassback"
LOCKED = "locked"


def decide(
    windows,
    direction,
    now,
    tz,
    *,
    refusal=None,
    valid_from=None,
    valid_to=None,
    permissions=(),
    inside=False,
    antipassback="off",
    mode="normal",
):
    """Return the verdict of a tap: "granted", or why the card is refused.

    :param windows: windows of the card's profile, None for a card nobody knows
    :param str direction: "in" or "out"
    :param datetime now: naive UTC, as all moments here
    :param str tz: time zone of the school
    :param str refusal: verdict the list already holds for the card (a blocked one)
    :param valid_from: first moment of a pass, or None
    :param valid_to: moment a pass ends, or None
    :param permissions: of the person at this site, ``(direction, from, to)``
    :param bool inside: the last passage led to where this one leads
    :param str antipassback: "off", "soft" (only noted) or "hard"
    :param str mode: of the controller: "normal", "locked", "free", "free_waiting"

    A permission opens what times and rules refuse, never a blocked card.

    >>> from datetime import datetime
    >>> always = [["both", "1111111", 0, 1440, None, None]]
    >>> noon = datetime(2026, 11, 16, 9, 0)
    >>> decide(always, "in", noon, "Europe/Moscow", inside=True, antipassback="hard")
    'antipassback'
    >>> decide(always, "out", noon, "Europe/Moscow", inside=True, antipassback="hard")
    'granted'
    >>> decide([], "out", noon, "Europe/Moscow", permissions=[("out", noon, noon)])
    'no_rule'
    >>> decide(None, "in", noon, "Europe/Moscow")
    'unknown_card'
    """
    if mode == "locked":
        return LOCKED
    if mode == "free":
        return GRANTED
    if refusal:
        return refusal
    if windows is None:
        return UNKNOWN_CARD
    if valid_to is not None and now >= valid_to:
        return EXPIRED_PASS
    if valid_from is not None and now < valid_from:
        return WRONG_TIME
    reason = _reason(windows, direction, local(now, tz))
    if reason and not _is_permitted(permissions, direction, now):
        return reason
    if direction == "in" and inside and antipassback == "hard":
        return ANTIPASSBACK
    return GRANTED


def allows(windows, direction, moment):
    """Return whether one of the windows is open at a local moment.

    >>> from datetime import datetime
    >>> evening = [["both", "0000001", 1080, 1440, "2026-11-15", "2026-11-15"]]
    >>> allows(evening, "in", datetime(2026, 11, 15, 23, 59))
    True
    >>> allows(evening, "in", datetime(2026, 11, 22, 23, 59))
    False
    """
    minute = moment.hour * 60 + moment.minute
    return any(
        begin <= minute < end for begin, end in _spans(windows, direction, moment)
    )


def local(now, tz):
    """Return the naive local time of a naive UTC moment.

    >>> from datetime import datetime
    >>> local(datetime(2026, 11, 15, 21, 30), "Europe/Moscow")
    datetime.datetime(2026, 11, 16, 0, 30)
    """
    return now.replace(tzinfo=UTC).astimezone(_zone(tz)).replace(tzinfo=None)


def _reason(windows, direction, moment):
    """Return why the windows are shut at a local moment, None when they are open.

    Who goes out before the hour from which this person may go out the same day leaves
    early; that needs a permission.
    """
    if allows(windows, direction, moment):
        return None
    minute = moment.hour * 60 + moment.minute
    spans = _spans(windows, direction, moment)
    if direction == "out" and any(begin > minute for begin, _end in spans):
        return NO_PERMISSION
    ways = (direction, "both")
    return WRONG_TIME if any(way in ways for way, *_rest in windows) else NO_RULE


def _spans(windows, direction, moment):
    """Return (begin, end) of the windows of a direction on the day of a moment."""
    day, number = moment.date().isoformat(), moment.weekday()
    return [
        (begin, end)
        for way, days, begin, end, date_from, date_to in windows
        if way in (direction, "both")
        and days[number] == "1"
        and (date_from is None or date_from <= day)
        and (date_to is None or day <= date_to)
    ]


def _is_permitted(permissions, direction, now):
    return any(
        way in (direction, "both") and begin <= now < end
        for way, begin, end in permissions
    )


@lru_cache(maxsize=64)
def _zone(tz):
    return ZoneInfo(tz)
