"""What the class screen may ask for: the shape of its commands, checked on arrival.

A command is the change of one thing to a value, with the value that was seen when the
thumb fell: {"uuid", "kind", "date", "student", "meal", "value", "seen"}. It came from a
browser that may have kept it for days, so nothing of it is believed.
"""

from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

from ..const import ABSENCE_REASONS, ALLERGEN_REASONS

PRESENCE = "presence"
ORDER = "order"
SERVED = "served"
CONFIRM = "confirm"
KINDS = (PRESENCE, ORDER, SERVED, CONFIRM)

#: More than a class can need at once: 40 students, two days, six meals.
MAX_COMMANDS = 600

#: Days for which a tray is taken over from a phone that was without network.
SERVED_DAYS = 7

REASONS = frozenset(code for code, __ in ABSENCE_REASONS)


class Command(NamedTuple):
    """`value` of a presence is "" or the reason of an absence, else a truth value;
    `reason` is why a portion is served against a stop; `seen` is what the screen showed
    before, in the same words as the server's; `at` is the phone's clock in naive UTC.
    """

    uuid: str
    kind: str
    date: date
    student: int = 0
    meal: int = 0
    value: object = True
    seen: object = ""
    at: datetime | None = None
    reason: str = ""

    @property
    def group(self):
        """What commands have in common that can be done in one go."""
        return self.kind, self.date, self.meal, self.value


def parse(raw):
    """Return the :class:`Command` of what a browser sent, None when it makes no sense.

    >>> uuid = "6a204bd8-9f3c-4d5e-8a7b-0123456789ab"
    >>> parse({"uuid": uuid, "kind": "confirm", "date": "2026-11-16"}).kind
    'confirm'
    >>> order = {"uuid": uuid, "kind": "order", "date": "2026-11-16", "student": 5}
    >>> parse(order) is None
    True
    >>> parse({**order, "meal": 1, "value": False, "seen": "ordered"})[3:]
    (5, 1, False, 'ordered', None, '')
    >>> presence = {**order, "kind": "presence"}
    >>> parse({**presence, "value": "illness"}).value
    'illness'
    >>> parse({**presence, "value": "lazy"}), parse("nonsense")
    (None, None)
    >>> parse({**order, "meal": True}) is None
    True
    """
    if not isinstance(raw, dict) or raw.get("kind") not in KINDS:
        return None
    kind = raw["kind"]
    uuid, day = _read_uuid(raw.get("uuid")), _read_date(raw.get("date"))
    student, meal = _read_id(raw.get("student")), _read_id(raw.get("meal"))
    value, seen = raw.get("value", True), raw.get("seen") or ""
    complete = {
        PRESENCE: student and isinstance(value, str) and value in {"", *REASONS},
        ORDER: student and meal and isinstance(value, bool),
        SERVED: student and meal and isinstance(value, bool),
        CONFIRM: True,
    }[kind]
    if not (uuid and day and complete and isinstance(seen, str | bool)):
        return None
    at = _read_moment(raw.get("at"))
    reason = raw.get("reason") if kind == SERVED else ""
    reason = reason if reason in ALLERGEN_REASONS else ""
    return Command(uuid, kind, day, student or 0, meal or 0, value, seen, at, reason)


def runs(commands):
    """Yield lists of neighbours that can be done together, in the order of arrival.

    >>> [len(run) for run in runs([Command("a", ORDER, date(2026, 11, 16), 1, 7),
    ...     Command("b", ORDER, date(2026, 11, 16), 2, 7),
    ...     Command("c", ORDER, date(2026, 11, 16), 1, 7, False)])]
    [2, 1]
    """
    run = []
    for command in commands:
        if run and command.group != run[0].group:
            yield run
            run = []
        run.append(command)
    if run:
        yield run


def _read_uuid(value):
    try:
        return str(UUID(value)) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None


def _read_date(value):
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _read_id(value):
    is_id = isinstance(value, int) and not isinstance(value, bool)
    return value if is_id and 0 < value < 2**31 else None


def _read_moment(value):
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment and moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    except (ValueError, OverflowError):
        return None
