"""What a gateway sends, checked: no input of it can break a batch or the endpoint."""

import json
import re
import zlib
from datetime import datetime, timedelta
from hashlib import sha1
from uuid import UUID

#: Bytes of a body as sent, and after decompression: a thousand events are 250 KB.
MAX_BODY = 1_000_000
MAX_TEXT = 2_000_000
MAX_EVENTS = 1_000
#: What was never confirmed keeps this many characters of itself.
MAX_PAYLOAD = 1_000

_KINDS = frozenset({"pass", "opened", "refused", "alarm", "service"})
_DIRECTIONS = frozenset({"in", "out", None})
#: The first digit of the fourth group: of its bits two say which kind of number it is.
_VARIANTS = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}
_CARD = re.compile("[0-9A-F]{1,16}").fullmatch
#: How far a controller's clock is believed; beyond it, the gateway's own time counts.
_BELIEVED_BACK = timedelta(days=180)
_BELIEVED_AHEAD = timedelta(hours=26)


class EdgeRefusal(Exception):
    """The whole call is refused.

    :param str code: for the program at the school
    :param int status: of HTTP
    :param details: what else the program needs to know
    """

    def __init__(self, code, status=400, **details):
        super().__init__(code)
        self.code = code
        self.status = status
        self.details = details


class BadEvent(ValueError):
    """One event is refused: ``args[0]`` is the code."""


def read_body(body, encoding=""):
    """Return the JSON object of a body, which may be compressed.

    >>> read_body(b'{"version": "1"}')
    {'version': '1'}
    """
    if len(body) > MAX_BODY:
        raise EdgeRefusal("too_large", 413)
    encoding = (encoding or "").strip().lower()
    if encoding == "gzip":
        body = _gunzip(body)
    elif encoding not in ("", "identity"):
        raise EdgeRefusal("bad_encoding", 415)
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise EdgeRefusal("bad_request")
    return message


def _gunzip(body):
    """Decompress no more than is allowed: a small bomb stays small."""
    reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        text = reader.decompress(body, MAX_TEXT)
    except zlib.error:
        raise EdgeRefusal("bad_encoding") from None
    if reader.unconsumed_tail:
        raise EdgeRefusal("too_large", 413)
    if not reader.eof:
        raise EdgeRefusal("bad_encoding")
    return text


def read_store(text):
    """Return the number of a gateway's journal as a canonical text.

    >>> read_store("1B4E28BA-2FA1-11D2-883F-0016D3CCA427")
    '1b4e28ba-2fa1-11d2-883f-0016d3cca427'
    """
    try:
        return str(UUID(text))
    except (AttributeError, TypeError, ValueError):
        raise EdgeRefusal("bad_store") from None


def read_sequence(item):
    """Return the number of an event; without one nothing can be answered about it.

    >>> read_sequence({"sequence": 7})
    7
    """
    sequence = item.get("sequence") if isinstance(item, dict) else None
    if type(sequence) is not int or not 0 < sequence < 2**31:
        raise EdgeRefusal("bad_sequence")
    return sequence


def read_question(item, controllers):
    """Return (key, controller, card, direction, whether it is over), None for nonsense.

    >>> key = "1b4e28ba-2fa1-11d2-883f-0016d3cca427"
    >>> read_question([key, 31, "00000042D1BC", "in", False], {31})[1:]
    (31, '00000042D1BC', 'in', False)
    >>> read_question([key, 32, "00000042D1BC", "in", False], {31})
    """
    if not isinstance(item, list) or len(item) != 5:
        return None
    key, controller, card, direction, is_over = item
    try:
        key, card = read_store(key), _read_card(card)
    except (EdgeRefusal, BadEvent):
        return None
    is_own = type(controller) is int and controller in controllers
    if not is_own or not card or direction not in ("in", "out"):
        return None
    return key, controller, card, direction, is_over is True


def read_event(item, store, controllers, verdicts):
    """Return an event for ``access.event._record``, or raise `BadEvent`.

    :param dict item: ``sequence``, ``controller``, ``occurred_at`` and ``received_at``
        (UTC, ISO 8601 without a zone), ``kind``, ``card``, ``direction``, ``verdict``,
        ``code``, ``flag``
    :param UUID store: of the gateway's journal
    :param set controllers: ids of the gateway's controllers
    :param set verdicts: codes of verdicts, and None
    """
    get = item.get
    controller = get("controller")
    if type(controller) is not int or controller not in controllers:
        raise BadEvent("not_your_controller")
    return {
        "controller": controller,
        "key": _make_key(store, item["sequence"]),
        "occurred_at": _read_moment(item),
        "kind": _read_choice(get("kind"), _KINDS, "bad_kind"),
        "card": _read_card(get("card")),
        "direction": _read_choice(get("direction"), _DIRECTIONS, "bad_direction"),
        "verdict": _read_choice(get("verdict"), verdicts, "bad_verdict"),
        "code": _read_int(get("code")),
        "flag": _read_int(get("flag")),
    }


def _make_key(store, sequence):
    """Return the text of uuid5; the standard library needs as long for it as all else.

    >>> from uuid import uuid5
    >>> store = UUID("1b4e28ba-2fa1-11d2-883f-0016d3cca427")
    >>> UUID(_make_key(store, 7)) == uuid5(store, "7")
    True
    """
    digest = sha1(b"%b%d" % (store.bytes, sequence), usedforsecurity=False).hexdigest()
    variant = _VARIANTS[digest[16]]
    return f"{digest[:12]}5{digest[13:16]}{variant}{digest[17:32]}"


def _read_choice(value, allowed, code):
    if (value is None or type(value) is str) and value in allowed:
        return value
    raise BadEvent(code)


def _read_moment(item):
    """Return when an event happened: a function of the event alone, for a repeat must
    have the same time.

    >>> _read_moment({"occurred_at": "2000-01-01T00:00:05",
    ...               "received_at": "2026-11-17T05:10:00"})
    datetime.datetime(2026, 11, 17, 5, 10)
    """
    occurred = _parse_moment(item.get("occurred_at"))
    received = _parse_moment(item.get("received_at"))
    is_believed = -_BELIEVED_BACK <= occurred - received <= _BELIEVED_AHEAD
    return occurred if is_believed else received


def _parse_moment(text):
    """
    >>> _parse_moment("2026-11-17T05:10:00")
    datetime.datetime(2026, 11, 17, 5, 10)
    """
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise BadEvent("bad_time") from None
    if moment.tzinfo is not None or not 2000 <= moment.year < 2100:
        raise BadEvent("bad_time")
    return moment.replace(microsecond=0) if moment.microsecond else moment


def _read_card(card):
    """
    >>> _read_card("00000042D1BC"), _read_card(None)
    ('00000042D1BC', None)
    """
    if card is None or card == "":
        return None
    if type(card) is not str or not _CARD(card):
        raise BadEvent("bad_card")
    return card


def _read_int(value):
    if value is None:
        return None
    if type(value) is not int or not -(2**31) <= value < 2**31:
        raise BadEvent("bad_number")
    return value
