r"""A turnstile that speaks plain JSON over HTTP.

For makers and integrators without a protocol of their own. The turnstile posts one JSON
object to its address and reads one from the answer; it calls at once when something
happens, else every `interval` seconds. Times are ISO 8601 with an offset. Cards are hex
digits as the reader sends them.

Post: `serial`, and any of

* `hello`: {`model`, `firmware`, `address`, `mode`} after a start
* `check`: [{`id`, `card`, `reader`}]: may this card pass? `reader` 1 or 2
* `events`: [{`seq`, `time`, `kind`, `card`, `reader`}]: `seq` grows by one; `kind` is
  one of `KINDS`; what comes again says the same as before
* `done`: [{`id`, `ok`}]: results of commands
* `mode`: the mode it is in

Answer: `time`, `interval`, and where there is something to say

* `check`: [{`id`, `granted`}]
* `stored`: the number up to which events are stored: what is above comes again
* `commands`: [{`id`, `name`, …}] in order, each until it is acknowledged: `open`
  (`direction`), `mode` (`mode`), `add_cards` (`cards`: [{`card`, `flags`, `zones`}]),
  `del_cards` (`cards`: [card, …]), `clear_cards`, `zone` (`zone`: number of the bit in
  `zones`; `begin`, `end`: "HH:MM", local time; `days`: Monday first, "1" opens)
"""

import json
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID, uuid5

from school_edge.protocol import web_json
from school_edge.protocol.web_json import (
    CheckAccess,
    Events,
    Ping,
    PowerOn,
    Request,
    Result,
    clean_card,
)

from .base import Answer, Driver, Fact

NAMESPACE = UUID("0b1c8d0e-6d55-5a57-8f0e-0d6c4b6a5f10")
CARDS_IN_COMMAND = 200
CARDS_IN_ANSWER = 400
#: Events remembered, beside those of the call: more may come again after a lost answer.
REMEMBERED = 50

#: What happened -> kind and verdict of `access.event`, number in the journal.
KINDS = {
    "pass": ("pass", "granted", 16),
    "opened": ("opened", "granted", 4),
    "unknown": ("refused", "unknown_card", 2),
    "refused": ("refused", "no_rule", 6),
    "locked": ("refused", "locked", 10),
    "button": ("opened", None, 0),
    "forced": ("alarm", None, 12),
    "left_open": ("alarm", None, 14),
    "fire": ("alarm", None, 38),
    "restart": ("service", None, 20),
}
NAMES = {"open_door": "open", "set_mode": "mode", "set_timezone": "zone"}


class NumberedEvent(NamedTuple):
    sequence: int
    kind: str
    card: str
    reader: int
    time: datetime | None


class JsonHttp(Driver):
    code = "json_http"
    path = "/school_access/v1/t/"
    commands = frozenset(
        (
            "open_door",
            "set_mode",
            "set_timezone",
            "add_cards",
            "del_cards",
            "clear_cards",
        )
    )

    # === READING === #

    def parse(self, body):
        try:
            document = json.loads(body.decode("utf-8-sig", "replace"), parse_int=_int)
        except (ValueError, RecursionError):
            return None
        serial = document.get("serial") if isinstance(document, dict) else None
        if not isinstance(serial, str | int) or isinstance(serial, bool):
            return None
        messages = [
            *self._hello(document),
            *(Result(d["id"], d.get("ok") is True) for d in _items(document, "done")),
            *self._events(document),
            *(self._check(item) for item in _items(document, "check")),
        ]
        model = document["hello"].get("model") if _is_hello(document) else ""
        return Request(_text(model), str(serial).strip(), messages, 0)

    def _hello(self, document):
        mode = document.get("mode")
        mode = mode if mode in web_json.MODES else None
        if not _is_hello(document):
            return [Ping(0, True, mode)]
        hello = document["hello"]
        firmware, address = _text(hello.get("firmware")), _text(hello.get("address"))
        return [PowerOn(0, firmware, True, mode, address, "")]

    def _check(self, item):
        reader = 2 if item.get("reader") == 2 else 1
        return CheckAccess(item["id"], clean_card(item.get("card")), reader)

    def _events(self, document):
        """Return all elements: what has no number goes with the one before it, so that
        nothing is acknowledged that is not stored."""
        items = document.get("events")
        numbered, last = [], 0
        for item in items if isinstance(items, list) else ():
            event = item if isinstance(item, dict) else {}
            last = event["seq"] if _is_number(event.get("seq")) else last
            numbered.append(
                NumberedEvent(
                    last,
                    _text(event.get("kind")),
                    clean_card(event.get("card")),
                    2 if event.get("reader") == 2 else 1,
                    _time(event.get("time")),
                )
            )
        numbered.sort(key=lambda event: event.sequence)
        return [Events(0, numbered[: web_json.EVENT_LIMIT])] if numbered else []

    def facts(self, serial, state, events, now, tz, has_sensor):
        """What it says makes the key: a turnstile that was reset, or an exchanged one,
        counts from one again. Old repeats are told by the key and their time."""
        seen = (state or {}).get("seen", [])
        known, facts, new = set(seen), [], []
        for event in events:
            key = uuid5(NAMESPACE, "|".join(map(str, (serial, *event))))
            short = key.hex[:12]
            facts.append(self._fact(event, str(key), short in known))
            if short not in known:
                known.add(short)
                new.append(short)
        if new:
            seen = [*seen, *new][-max(REMEMBERED, 2 * len(new)) :]
        return {"seen": seen}, facts

    def _fact(self, event, key, is_repeat):
        kind, verdict, code = KINDS.get(event.kind, ("service", None, 36))
        return Fact(
            key,
            event.time,
            kind,
            verdict,
            event.reader,
            event.card,
            code,
            0,
            is_repeat,
            event.kind in ("unknown", "refused"),
        )

    # === WRITING === #

    def answer(self, date, interval):
        return JsonHttpAnswer(interval)


class JsonHttpAnswer(Answer):
    def __init__(self, interval):
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._document = {"time": now, "interval": interval}
        self._room = CARDS_IN_ANSWER

    def granted(self, number, is_granted):
        answers = self._document.setdefault("check", [])
        answers.append({"id": number, "granted": bool(is_granted)})
        return True

    def stored(self, number, message, count):
        """A number far above the others is a mistake: up to there nothing is stored."""
        numbers = [event.sequence for event in message.events[:count]]
        for number, following in pairwise([*numbers, None]):
            self._document["stored"] = number
            if following is None or following - number > web_json.EVENT_LIMIT:
                break
        return True

    def command(self, number, name, payload):
        commands = self._document.setdefault("commands", [])
        fields = self._fields(name, payload or {})
        commands.append({"id": number, "name": NAMES.get(name, name), **fields})
        return True

    def _fields(self, name, payload):
        if name == "open_door":
            return {"direction": "out" if payload["direction"] in (1, "out") else "in"}
        if name == "add_cards":
            keys = ("card", "flags", "zones")
            cards = [dict(zip(keys, c, strict=True)) for c in payload["cards"]]
            return {"cards": cards}
        return payload

    def card_changes(self, number, name, cards):
        fitting = cards[: min(CARDS_IN_COMMAND, self._room)]
        if fitting:
            self.command(number, name, {"cards": fitting})
            self._room -= len(fitting)
        return len(fitting)

    def render(self):
        return json.dumps(self._document).encode()


def _int(text):
    return int(text) if len(text) <= 20 else None


def _is_hello(document):
    return isinstance(document.get("hello"), dict)


def _items(document, name):
    """Return the elements of a list that have an `id`; others say nothing."""
    items = document.get(name)
    if not isinstance(items, list):
        return []
    return [
        item
        for item in items[: web_json.EVENT_LIMIT]
        if isinstance(item, dict) and _is_number(item.get("id"))
    ]


def _is_number(value):
    return type(value) is int and 0 <= value < web_json.ID_LIMIT


def _text(value):
    if not isinstance(value, str):
        return ""
    return "".join(char for char in value[:64] if char.isprintable())


def _time(text):
    """Return naive UTC, None for nonsense or a time without an offset."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None or not 2000 < moment.year < 2100:
            return None
        return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    except (TypeError, ValueError, OverflowError):
        return None
