"""Learn mode: the settings of a reader from one known card.

Somebody presents a card whose full UID is known (read on another reader, or
printed by a PC/SC one); the readings of the new reader then tell its byte order,
Wiegand length and meaning of digits.

>>> found = learn("77242CF0", ["000077242CF0"])
>>> found.key, found.options.byte_order
('dec10', 'reversed')
>>> learn("041B4B62D22F80", ["62D22F80041B4B"]).options.byte_order
'rotated'
>>> learn("BCD14264", ["BCD14265"]) is None
True
"""

from dataclasses import dataclass
from itertools import product

from .card_uid import keys_of
from .reader_text import (
    BITS,
    BYTE_ORDERS,
    DIGITS,
    ReaderOptions,
    parse_reader_text,
    search_keys,
)

_RICHNESS = ("uid", "dec10", "w26", "z5r")


@dataclass(frozen=True)
class Learned:
    """Settings found, and the richest key the reader gives with them."""

    options: ReaderOptions
    key: str


def learn(uid, readings):
    """Return the plainest settings under which every reading is the card `uid`.

    Among settings that all fit, the one with the richest key wins, then the one
    closest to the defaults. None: no setting fits, it is another card or reader.
    """
    readings = [text for text in readings if (text or "").strip()]
    if not readings:
        return None
    best = None
    for byte_order, bits, digits in product(BYTE_ORDERS, BITS, DIGITS):
        options = ReaderOptions(byte_order, bits, digits)
        found = [matched_key(uid, text, options) for text in readings]
        if not all(found):
            continue
        weakest = max(_RICHNESS.index(key) for key in found)
        rank = (weakest, _distance(options))
        if best is None or rank < best[0]:
            best = (rank, Learned(options, _RICHNESS[weakest]))
    return best and best[1]


def matched_key(uid, text, options):
    """Return the key by which a raw text is the card `uid`, or None.

    >>> matched_key("BCD14264", "066,53692", ReaderOptions())
    'w26'
    >>> matched_key("BCD14264", "11D14264", ReaderOptions()) is None
    True
    """
    reading = parse_reader_text(text, options)
    if not reading:
        return None
    card = {"uid": uid, **keys_of(uid)}
    for key, value in search_keys(reading):
        if card.get(key) == value:
            return key
    return None


def _distance(options):
    """How far settings are from the defaults; ties keep the listed order."""
    return (
        BYTE_ORDERS.index(options.byte_order)
        + (options.bits != 0)
        + DIGITS.index(options.digits)
    )
