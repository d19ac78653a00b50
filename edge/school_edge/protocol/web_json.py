"""IronLogic Web-JSON: what a controller posts and what it is answered.

The controller is the HTTP client. It posts a JSON document with messages; commands for
it travel in the answer. Field names and numbers are the maker's (protocols, section 1).

>>> request = parse(b'{"type":"Z5RWEB","sn":44374,"messages":[{"id":7,'
...                 b'"operation":"check_access","card":"0000BB076B","reader":2}]}')
>>> request.serial, request.messages[0]
('44374', CheckAccess(id=7, card='000000BB076B', reader=2))
>>> packet = Packet(datetime(2026, 9, 28, 21, 3), 10)
>>> packet.add(granted(7, True))
True
>>> print(packet.render().decode().replace('"messages"', chr(10) + '"messages"'))
{"date":"2026-09-28 21:03:00","interval":10,
"messages":[{"id":7,"operation":"check_access","granted":1}]}
"""

import json
import re
from datetime import datetime
from typing import NamedTuple

#: Longest packet a controller takes, bytes of the body (1.1).
PACKET_LIMIT = 2048
#: A longer body is not looked at.
BODY_LIMIT = 65_536
#: Messages of one post that are looked at; a controller repeats what got no answer.
MESSAGE_LIMIT = 24
#: Events of one post; what is over is not acknowledged and comes again.
EVENT_LIMIT = 1000
#: Ids of our commands begin here: they never meet those of a controller (1.5).
FIRST_COMMAND_ID = 2**30
#: Theirs are below this.
ID_LIMIT = 2**63
#: Cards that fit into a packet beside a few answers.
CARDS_IN_COMMAND = 20
#: Cards a controller sends back in one message (1.4).
CARDS_IN_BATCH = 11

FLAG_BLOCKING = 8
FLAG_SHORT = 32
ALL_ZONES = 255

MODES = ("normal", "locked", "free", "free_waiting")

TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
_HEX = re.compile(r"[0-9A-F]+\Z")


class PowerOn(NamedTuple):
    """The controller has started, or does not know that it is activated."""

    id: int
    firmware: str
    active: bool
    mode: str | None
    address: str
    auth_hash: str


class Ping(NamedTuple):
    id: int
    active: bool
    mode: str | None


class CheckAccess(NamedTuple):
    """May this card pass? `reader`: 1 entrance, 2 exit."""

    id: int
    card: str
    reader: int


class Event(NamedTuple):
    """`time` is the controller's own text, `local_time` what it means (None: nonsense);
    both are the school's local time."""

    code: int
    card: str
    time: str
    flag: int
    local_time: datetime | None


class Events(NamedTuple):
    """`events` has None where an element was no event at all: it is acknowledged, so
    that it does not stop those behind it, and noted by whoever stores them."""

    id: int
    events: list


class Result(NamedTuple):
    """What became of a command of ours."""

    id: int
    success: bool


class HeldCard(NamedTuple):
    position: int
    card: str
    flags: int
    zones: int


class Cards(NamedTuple):
    """A part of the card memory, asked for by `read_cards`."""

    id: int
    cards: list


class Request(NamedTuple):
    """`messages`: tuples of the classes above; `skipped` messages were not understood
    or are over the limit."""

    model: str
    serial: str
    messages: list
    skipped: int


# === READING === #


def parse(body):
    """Read the body of a post as leniently as real firmware needs.

    :return: a :class:`Request`, or None when nothing tells which controller it is

    >>> parse(b'[]'), parse(b'\\xff'), parse(b'{"sn":true}')
    (None, None, None)
    >>> parse(b'{"sn":"5","operation":"ping","id":"3","active":"1"}').messages
    [Ping(id=3, active=True, mode=None)]
    >>> parse(b'{"sn":5,"messages":[{"id":9,"success ":1},{"operation":"new"},4]}')
    Request(model='', serial='5', messages=[Result(id=9, success=True)], skipped=2)
    """
    if len(body) > BODY_LIMIT:
        return None
    try:
        document = json.loads(
            body.decode("utf-8-sig", "replace"), parse_int=_parse_int, strict=False
        )
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    document = _strip_keys(document)
    serial = _serial(document.get("sn"))
    if not serial:
        return None
    items = document.get("messages")
    if not isinstance(items, list):
        # An old firmware sends one operation without an envelope (1.2).
        items = [document] if _looks_like_message(document) else []
    messages = [_message(item) for item in items[:MESSAGE_LIMIT]]
    known = [message for message in messages if message]
    return Request(
        _text(document.get("type"), 64), serial, known, len(items) - len(known)
    )


def _parse_int(text):
    # Python refuses to read numbers of thousands of digits; no field needs more.
    return int(text) if len(text) <= 20 else None


def _looks_like_message(document):
    return bool({"operation", "success", "cards"} & document.keys())


def _strip_keys(item):
    return {key.strip(): value for key, value in item.items()}


def _message(item):
    if not isinstance(item, dict):
        return None
    item = _strip_keys(item)
    number = clean_int(item.get("id"), None, ID_LIMIT)
    operation = _text(item.get("operation"), 32).lower()
    reader = _READERS.get(operation)
    if reader:
        return reader(number, item)
    if operation:
        return None
    if isinstance(item.get("cards"), list):
        return _cards(number, item)
    if "success" in item and number is not None:
        return Result(number, clean_int(item["success"], 0) == 1)
    return None


def _power_on(number, item):
    firmware = " / ".join(
        filter(None, (_text(item.get("fw"), 32), _text(item.get("conn_fw"), 32)))
    )
    return PowerOn(
        number,
        firmware,
        clean_int(item.get("active"), 0) == 1,
        _mode(item.get("mode")),
        _text(item.get("controller_ip"), 64),
        _text(item.get("auth_hash"), 128),
    )


def _ping(number, item):
    return Ping(number, clean_int(item.get("active"), 0) == 1, _mode(item.get("mode")))


def _check_access(number, item):
    reader = 2 if clean_int(item.get("reader"), 1) == 2 else 1
    return CheckAccess(number or 0, clean_card(item.get("card")), reader)


def _events(number, item):
    events = item.get("events")
    if not isinstance(events, list):
        return None
    return Events(number or 0, [_event(event) for event in events[:EVENT_LIMIT]])


def _event(item):
    if not isinstance(item, dict):
        return None
    item = _strip_keys(item)
    code = clean_int(item.get("event"), None)
    if code is None:
        return None
    time = _text(item.get("time"), 32)
    return Event(
        code,
        clean_card(item.get("card")),
        time,
        clean_int(item.get("flag"), 0),
        parse_time(time),
    )


def _cards(number, item):
    cards = item.get("cards")
    if not isinstance(cards, list):
        return None
    held = [_held_card(card) for card in cards]
    return Cards(number, [card for card in held if card])


def _held_card(item):
    if not isinstance(item, dict):
        return None
    item = _strip_keys(item)
    position, card = clean_int(item.get("pos"), None), clean_card(item.get("card"))
    if position is None or not card:
        return None
    flags, zones = clean_int(item.get("flags"), 0), clean_int(item.get("tz"), ALL_ZONES)
    return HeldCard(position, card, flags, zones)


_READERS = {
    "power_on": _power_on,
    "ping": _ping,
    "check_access": _check_access,
    "events": _events,
    "cards": _cards,
    "read_cards": _cards,
}


# === VALUES === #


def clean_card(value):
    """Return 12 upper-case hex digits, or nothing where there is no card (1.6).

    >>> clean_card(" 29cf67"), clean_card("00000029CF67\\x00z"), clean_card(0xBB076B)
    ('00000029CF67', '00000029CF67', '000000BB076B')
    >>> clean_card("000000000000"), clean_card(""), clean_card("none"), clean_card([])
    ('', '', '', '')
    """
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**48:
        return f"{value:012X}"
    if not isinstance(value, str):
        return ""
    text = value.strip()[:12].upper()
    if not _HEX.match(text) or not text.strip("0"):
        return ""
    return text.rjust(12, "0")


def clean_int(value, default, limit=2**31):
    """Return a whole number that any column holds; numbers come as text, too.

    >>> clean_int("12 ", 0), clean_int(7.0, 0), clean_int(True, 0), clean_int(2**31, 5)
    (12, 7, 1, 5)
    >>> clean_int("x", None), clean_int([], 0), clean_int(float("inf"), 0)
    (None, 0, 0)
    """
    if isinstance(value, str):
        text = value.strip()
        if len(text) > 20 or not text.lstrip("-").isdecimal():
            return default
        try:
            value = int(text)
        except ValueError:  # "--1"
            return default
    elif isinstance(value, float):
        value = int(value) if value.is_integer() else None
    if not isinstance(value, int) or not -limit <= value < limit:
        return default
    return int(value)


def parse_time(text):
    """Return the naive local time of a controller's text, None for nonsense.

    >>> parse_time("2018-06-20 09:50:37"), parse_time("2000-00-00 00:00:00")
    (datetime.datetime(2018, 6, 20, 9, 50, 37), None)
    """
    try:
        moment = datetime.strptime(text, TIME_FORMAT)
    except ValueError:
        return None
    return moment if 2000 <= moment.year < 2100 else None


def _serial(value):
    """Serial numbers are numbers (1.2); leading zeros and blanks say nothing."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    text = str(value).strip()
    if len(text) > 20 or not text.isascii() or not text.isdecimal():
        return ""
    return text.lstrip("0")


def _mode(value):
    number = clean_int(value, -1)
    return MODES[number] if 0 <= number < len(MODES) else None


def _text(value, limit):
    """Return a text that a database stores: no NUL, no half of a surrogate pair."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return ""
    return "".join(char for char in value[:limit] if char.isprintable()).strip()


# === WRITING === #


class Packet:
    """One answer: messages in order, never more than a controller takes."""

    def __init__(self, date, interval, limit=PACKET_LIMIT):
        """
        :param datetime date: local time of the school; the controller sets its clock
        :param int interval: seconds to the next ping
        """
        self._head = {"date": date.strftime(TIME_FORMAT), "interval": interval}
        self._messages = []
        self._room = limit - len(_dump({**self._head, "messages": []}))

    def add(self, message):
        """Add a message; tell whether there was room for it."""
        size = self.size_of(message)
        if size > self._room:
            return False
        self._messages.append(message)
        self._room -= size
        return True

    def size_of(self, message):
        """Bytes that a message takes here, with its comma."""
        return len(_dump(message)) + bool(self._messages)

    def fits(self, message):
        return self.size_of(message) <= self._room

    def render(self):
        return _dump({**self._head, "messages": self._messages})


def _dump(document):
    return json.dumps(document, separators=(",", ":")).encode()


def granted(number, is_granted):
    return {"id": number, "operation": "check_access", "granted": int(is_granted)}


def events_success(number, count):
    """:param int count: events of the batch, from its first, that are stored"""
    return {"id": number, "operation": "events", "events_success": count}


def command(number, name, payload=None):
    """Return a command with exactly its own fields: others make firmware ignore it.

    :param dict payload: for `set_active` active, online; `open_door` direction ("in" or
        "out"); `set_mode` mode (a name of `MODES`); `set_timezone` zone, begin, end,
        days; `set_door_params` open, open_control, close_control (tenths of a second);
        `add_cards` cards ([card, flags, zones]); `del_cards` cards ([card, …])

    >>> command(2**30, "open_door", {"direction": "out", "reason": "parcel"})
    {'id': 1073741824, 'operation': 'open_door', 'direction': 1}
    >>> command(2**30, "add_cards", {"cards": [["000000BB076B", 0, 255]]})["cards"]
    [{'card': '000000BB076B', 'flags': 0, 'tz': 255}]
    >>> command(2**30, "set_active", {"active": True})
    {'id': 1073741824, 'operation': 'set_active', 'active': 1, 'online': 0}
    """
    fields = _COMMANDS[name](payload or {})
    return {"id": number, "operation": name, **fields}


def _set_timezone(payload):
    days = str(payload.get("days", "1111111"))
    return {
        "zone": int(payload["zone"]),
        "begin": payload["begin"],
        "end": payload["end"],
        # The maker's example has an eighth character (1.5).
        "days": days.ljust(8, "0")[:8],
    }


def _card_code(card):
    return card if isinstance(card, str) else card[0]


_COMMANDS = {
    "set_active": lambda payload: {
        "active": int(bool(payload.get("active"))),
        "online": int(bool(payload.get("online"))),
    },
    "open_door": lambda payload: {
        "direction": int(payload.get("direction") in (1, "out"))
    },
    "set_mode": lambda payload: {"mode": MODES.index(payload["mode"])},
    "set_timezone": _set_timezone,
    "set_door_params": lambda payload: {
        name: int(payload.get(name, 0))
        for name in ("open", "open_control", "close_control")
    },
    "add_cards": lambda payload: {
        "cards": [
            {"card": card, "flags": flags, "tz": zones}
            for card, flags, zones in payload["cards"]
        ]
    },
    "del_cards": lambda payload: {
        "cards": [{"card": _card_code(card)} for card in payload["cards"]]
    },
    "clear_cards": lambda payload: {},
    "read_cards": lambda payload: {},
}


def command_id(number):
    """Return the wire id of our command `number`: never one of the controller's.

    >>> command_id(1), command_id(2**30 + 1)
    (1073741825, 1073741825)
    """
    return FIRST_COMMAND_ID + number % FIRST_COMMAND_ID
