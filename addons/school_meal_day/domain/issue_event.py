"""An issue event as a device or a screen sends it, understood or refused.

>>> from datetime import datetime
>>> event = parse({
...     "sequence": 7, "date": "2026-11-16", "meal": "breakfast", "student": 3,
...     "action": "given", "verdict": "ok", "source": "tap",
...     "occurred_at": "2026-11-16T06:41:00Z",
... }, "d5:", datetime(2026, 11, 16, 6, 42))
>>> event["key"], event["occurred_at"]
('d5:7', datetime.datetime(2026, 11, 16, 6, 41))
>>> parse({"sequence": 0}, "d5:", datetime(2026, 11, 16))
Traceback (most recent call last):
...
odoo.addons.school_meal_day.domain.issue_event.EventError: action
"""

from datetime import UTC, date, datetime, timedelta

from ..const import ISSUE_ACTIONS, ISSUE_REASONS, ISSUE_SOURCES, ISSUE_VERDICTS

#: Most events of one delivery.
MAX_EVENTS = 2_000
MAX_TEXT = 64
MAX_UUID = 60

#: A tablet may come back from a week of vacation without network, a paper list later.
#: Older or later times are not the truth: its clock is wrong.
DAYS_BEHIND = 60
CLOCK_AHEAD = timedelta(minutes=10)

#: What makes two events the same; how they were delivered is not among it.
CONTENT = (
    "date", "meal", "student", "card", "action", "claimed", "source", "reason",
    "undoes", "stated_at",
)  # fmt: skip

_ACTIONS = {code for code, _name in ISSUE_ACTIONS}
_REASONS = {code for code, _name in ISSUE_REASONS}
_SOURCES = {code for code, _name in ISSUE_SOURCES}
_VERDICTS = {code for code, _name in ISSUE_VERDICTS}


class EventError(ValueError):
    """The event cannot be recorded; ``code`` is the name of the wrong field."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def parse(raw, prefix, now):
    """Return the fields of one event for ``sql/issue.sql``.

    Fields: ``sequence`` (1, 2, 3 … of the device; or ``uuid``), ``date`` (of the meal),
    ``meal`` (code), ``student`` (id) or ``card`` (canonical UID) or neither (a guest),
    ``action``, ``verdict`` (what the device showed), ``source``, ``occurred_at`` (UTC),
    ``undoes`` (sequence or uuid of the issue taken back), ``reason`` (code),
    ``offline``.

    :param str prefix: of the keys of this device (``d<id>:``) or of screens (``u``)
    :param now: naive UTC
    """
    if not isinstance(raw, dict):
        raise EventError("event")
    action = _one_of(raw, "action", _ACTIONS)
    occurred_at, stated_at = _moment(raw.get("occurred_at"), now)
    return {
        "key": _key(raw, prefix, "sequence", "uuid"),
        "date": _day(raw.get("date"), now),
        "meal": _text(raw.get("meal"), "meal"),
        "student": _id(raw.get("student"), "student"),
        "card": _card(raw.get("card")),
        "action": action,
        "claimed": _one_of(raw, "verdict", _VERDICTS, required=False),
        "source": _one_of(raw, "source", _SOURCES),
        "reason": _reason(raw.get("reason")),
        "undoes": _undoes(raw, prefix) if action == "undone" else None,
        "offline": raw.get("offline") is True,
        "occurred_at": occurred_at,
        "stated_at": stated_at,
    }


def _undoes(raw, prefix):
    value = {"sequence": raw.get("undoes"), "uuid": raw.get("undoes")}
    try:
        return _key(value, prefix, "sequence", "uuid")
    except EventError:
        raise EventError("undoes") from None


def _key(raw, prefix, number, text):
    """Return the key of an event, for all devices and screens together.

    >>> _key({"uuid": "0b9f"}, "u", "sequence", "uuid")
    'u0b9f'
    """
    if prefix.startswith("d"):
        return f"{prefix}{_id(raw.get(number), 'sequence', required=True)}"
    value = _text(raw.get(text), "sequence")
    if len(value) > MAX_UUID:
        raise EventError("sequence")
    return prefix + value


def _id(value, name, required=False):
    if value is None and not required:
        return None
    if type(value) is not int or not 0 < value < 2**31:
        raise EventError(name)
    return value


def _text(value, name, required=True):
    """Return a short text that the database can store (no NUL, no half character)."""
    if value is None and not required:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT:
        raise EventError(name)
    if not value.isprintable():
        raise EventError(name)
    return value


def _card(value):
    text = _text(value, "card", required=False)
    return text and text.upper()


def _reason(value):
    """Return the code of a reason; one of another version is no ground to lose a fact.

    >>> _reason("surplus"), _reason("hungry"), _reason(None)
    ('surplus', 'other', None)
    """
    text = _text(value, "reason", required=False)
    return text if text is None or text in _REASONS else "other"


def _one_of(raw, name, codes, required=True):
    value = raw.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, str) or value not in codes:
        raise EventError(name)
    return value


def _day(value, now):
    """Return the day of the meal.

    >>> _day("2026-11-16", datetime(2026, 11, 15, 22, 0))
    datetime.date(2026, 11, 16)
    >>> _day("2027-11-16", datetime(2026, 11, 16))
    Traceback (most recent call last):
    ...
    odoo.addons.school_meal_day.domain.issue_event.EventError: date
    """
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise EventError("date") from None
    # the local day of the school may be the next one already
    if not now.date() - timedelta(DAYS_BEHIND) <= day <= now.date() + timedelta(1):
        raise EventError("date")
    return day


def _moment(value, now):
    """Return (the moment that counts, what the device said).

    >>> _moment("2026-11-16T09:41:00+03:00", datetime(2026, 11, 16, 7))[0]
    datetime.datetime(2026, 11, 16, 6, 41)
    >>> _moment("2031-01-01T00:00:00", datetime(2026, 11, 16))[0]
    datetime.datetime(2026, 11, 16, 0, 0)
    """
    if value is None:
        return now, None
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except (TypeError, ValueError, OverflowError):
        raise EventError("occurred_at") from None
    moment = moment.replace(microsecond=0)
    if now - timedelta(DAYS_BEHIND) <= moment <= now + CLOCK_AHEAD:
        return moment, moment
    return now, moment
