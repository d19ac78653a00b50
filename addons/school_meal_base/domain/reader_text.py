"""What a card reader types or sends, understood.

The same rules live in ``static/src/device/reader_text.js``;
both sides replay ``protocol/card_vectors.json``.

>>> parse_reader_text("Mifare[62D22F80041B4B]  (0144,08) 004,06987").uid
'041B4B62D22F80'
>>> parse_reader_text("ЬшафкухИСВ14264ъ 1Л (0004б08) 066б53692").uid
'BCD14264'
>>> parse_reader_text("126,58404")
Reading(uid=None, kind='pair', keys={'w26': '126,58404', 'z5r': '0000007EE424'})
>>> parse_reader_text("No card").kind
'removed'
"""

import re
from dataclasses import dataclass, field

from .card_uid import (
    keys_of,
    kind_of,
    pair_number,
    pair_text,
    reverse_bytes,
    uid_from_bracket,
    z5r_text,
)

BYTE_ORDERS = ("direct", "reversed", "rotated")
BITS = (0, 26, 34, 42)
DIGITS = ("auto", "hex", "decimal", "pair")

QR_PREFIX = "SM1"
QR_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
QR_LENGTH = 20

#: Kind of the line that says the card was taken away: no card, and no product either.
REMOVED = "removed"

MAX_LENGTH = 80

# keys of a Russian keyboard in the order of the Latin ones, rows from the top
_RUSSIAN = "ёЁйцукенгшщзхъфывапролджэячсмитьбю.ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,"
_LATIN = "`~qwertyuiop[]asdfghjkl;'zxcvbnm,./QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?"
_LAYOUT = str.maketrans(_RUSSIAN + '"№;:?/', _LATIN + "@#$^&|")

_NO_CARD = re.compile(r"(?:[0-9]+ +)?NO CARD")
_PRODUCT = re.compile(r"[0-9]{8}|[0-9]{12,14}")
_PAIR_TEXT = r"([0-9]{1,3})[,./]([0-9]{1,5})"
_LINE_MIFARE = re.compile(r"(?:[0-9]+ +)?MIFARE ?\[([0-9A-F]+)\].*")
_LINE_EM = re.compile(rf"(?:[0-9]+ +)?EM-?MARINE ?\[([0-9A-F]{{4}})\] *{_PAIR_TEXT}")
_PAIR = re.compile(_PAIR_TEXT)
_PRINTED = re.compile(rf"([0-9]{{10}}) +{_PAIR_TEXT}")
_QR = re.compile(f"{QR_PREFIX}([{QR_ALPHABET}]{{{QR_LENGTH}}})")
_HEX = re.compile(r"[0-9A-F]+")
_SEPARATED = re.compile(r"[0-9A-F]{2}(?:[ :-][0-9A-F]{2})+")


@dataclass(frozen=True)
class ReaderOptions:
    """How one reader is set.

    ``byte_order``: ``direct`` (UIDs as PC/SC gives them, numbers as IronLogic
    counts them), ``reversed``, or ``rotated`` (7-byte UIDs as IronLogic prints
    them). ``bits``: Wiegand length, 0 when unknown. ``digits``: how a text of
    digits only is meant.
    """

    byte_order: str = "direct"
    bits: int = 0
    digits: str = "auto"


@dataclass(frozen=True)
class Reading:
    """A card as one reader saw it.

    ``uid`` is canonical or None; ``kind`` is ``mifare``, ``em_marine``, ``qr``,
    ``pair``, ``decimal``, ``z5r``, or ``removed`` when the card was taken away;
    ``keys`` maps key names to values.
    """

    uid: str | None
    kind: str
    keys: dict = field(default_factory=dict, hash=False)

    def as_dict(self):
        return {"uid": self.uid, "kind": self.kind, "keys": dict(self.keys)}


def parse_reader_text(text, options=None):
    """Return the Reading of a raw text, or None when it is not from a card.

    None stands for product barcodes and damaged lines. A barcode of 8, 12 or 14
    digits looks like a number of a card: see :func:`is_product_code`.
    """
    options = options or ReaderOptions()
    text = normalise(text)
    if not text:
        return None
    if _NO_CARD.fullmatch(text):
        return Reading(None, REMOVED)
    for parse in (_parse_line, _parse_qr, _parse_numbers, _parse_plain):
        reading = parse(text, options)
        if reading:
            return reading
    return None


def is_product_code(text, options=None):
    """Tell the barcode of a product from a number that must be bound to a student.

    Digits only with the check digit of EAN-8, UPC, EAN-13 or GTIN-14. One card in ten
    whose number has digits only looks so, too: its reader is set to ``hex``.

    >>> is_product_code("46012340"), is_product_code("46012341")
    (True, False)
    >>> is_product_code("46012340", ReaderOptions(digits="hex"))
    False
    """
    text = normalise(text)
    if options and options.digits == "hex" or not _PRODUCT.fullmatch(text):
        return False
    odd, even = text[-1::-2], text[-2::-2]
    return (sum(map(int, odd)) + 3 * sum(map(int, even))) % 10 == 0


def search_keys(reading):
    """Return (key, value) pairs to look a card up by, richest first.

    A full UID is never weakened to its pair: another card may share the pair.

    >>> search_keys(parse_reader_text("BCD14264"))
    [('uid', 'BCD14264')]
    >>> search_keys(parse_reader_text("0009090899"))
    [('dec10', '0009090899'), ('w26', '138,46931')]
    """
    if reading.uid:
        return [("uid", reading.uid)]
    order = ("qr", "dec10", "w26", "z5r")
    found = [(key, reading.keys[key]) for key in order if reading.keys.get(key)]
    # z5r repeats w26 where both are known
    has_pair = any(key == "w26" for key, _value in found)
    return [item for item in found if not (has_pair and item[0] == "z5r")]


def normalise(text):
    """Trim, undo the Russian layout, make upper case; "" for too long a text.

    >>> normalise(" ьшафкухисв14264ъ\\r\\n")
    'MIFARE[BCD14264]'
    """
    text = re.sub(r"[\x00-\x1f\x7f\xa0]", " ", text or "").strip()
    if len(text) > MAX_LENGTH:
        return ""
    return undo_russian_layout(text).upper()


def undo_russian_layout(text):
    """Return what the reader typed when the keyboard was switched to Russian.

    >>> undo_russian_layout("Уь-Ьфкштух5500ъ 126б58404")
    'Em-Marine[5500] 126,58404'
    >>> undo_russian_layout("066.53692")
    '066.53692'
    """
    if re.search("[А-Яа-яЁё№]", text):
        return text.translate(_LAYOUT)
    return text


def qr_payload(token):
    """Return the text of a card's QR code.

    >>> qr_payload("0123456789ABCDEFGHJK")
    'SM10123456789ABCDEFGHJK'
    """
    return QR_PREFIX + token


def _parse_line(text, _options):
    """Lines of IronLogic readers say all themselves; options do not apply."""
    if match := _LINE_MIFARE.fullmatch(text):
        uid = uid_from_bracket(match[1])
        return _full(uid) if len(uid) in (8, 14, 20) else None
    if match := _LINE_EM.fullmatch(text):
        number = pair_number(int(match[2]), int(match[3]))
        return None if number is None else _full(f"{match[1]}{number:06X}")
    return None


def _parse_qr(text, _options):
    match = _QR.fullmatch(text)
    return Reading(None, "qr", {"qr": match[1]}) if match else None


def _parse_numbers(text, options):
    """Decimal forms: a pair, ten digits, or ten digits and a pair."""
    if match := _PAIR.fullmatch(text):
        number = pair_number(int(match[1]), int(match[2]))
        return None if number is None else _short("pair", number, 3, options)
    if match := _PRINTED.fullmatch(text):
        pair = pair_number(int(match[2]), int(match[3]))
        number = int(match[1])
        if number > 0xFFFFFFFF or pair is None or number & 0xFFFFFF != pair:
            return None
        keys = _short("pair", pair, 3, options).keys
        return Reading(
            None, "decimal", {**_short("decimal", number, 4, options).keys, **keys}
        )
    if not re.fullmatch(r"[0-9]+", text):
        return None
    return _parse_digits(text, options)


def _parse_digits(text, options):
    """A text of digits alone, where the reader's settings decide."""
    if options.digits == "pair" and len(text) == 8:
        number = pair_number(int(text[:3]), int(text[3:]))
        return None if number is None else _short("pair", number, 3, options)
    shortest = 5 if options.digits == "decimal" else 10
    if options.digits in ("auto", "decimal") and shortest <= len(text) <= 10:
        number = int(text)
        if number <= 0xFFFFFFFF:
            width = 3 if options.bits == 26 else 4
            return _short("decimal", number, width, options)
    return None


def _parse_plain(text, options):
    """Bare hex: a UID, three bytes, or the 12 digits of a controller."""
    if _SEPARATED.fullmatch(text):
        text = re.sub(r"[ :-]", "", text)
    if not _HEX.fullmatch(text):
        return None
    if len(text) == 6:
        return _short("pair", int(text, 16), 3, options)
    if len(text) == 12:
        return _parse_z5r(text, options)
    if len(text) not in (8, 10, 14, 20):
        return None
    if options.byte_order == "reversed":
        text = reverse_bytes(text)
    elif options.byte_order == "rotated":
        text = uid_from_bracket(text)
    return _full(text)


def _parse_z5r(text, options):
    number = int(text, 16)
    width = {26: 3, 34: 4, 42: 5}.get(options.bits) or max(
        3, (number.bit_length() + 7) // 8
    )
    if width == 6:
        return Reading(None, "z5r", {"z5r": text})
    if width == 5:
        number &= 0xFFFFFFFFFF
        return _full(f"{_ordered(number, 5, options):010X}")
    return _short("z5r", number, width, options, exact=True)


def _full(uid):
    return Reading(uid, kind_of(uid), keys_of(uid))


def _short(kind, number, width, options, exact=False):
    """A reading of three or four bytes, in the reader's byte order."""
    keys = {}
    if width == 4:
        keys["dec10"] = f"{_ordered(number, 4, options):010d}"
    if width == 3 or (number <= 0xFFFFFF and not exact):
        low = _ordered(number & 0xFFFFFF, 3, options)
        keys.update(w26=pair_text(low), z5r=z5r_text(low))
    return Reading(None, kind, keys)


def _ordered(number, width, options):
    number &= (1 << 8 * width) - 1
    if options.byte_order == "reversed":
        return int.from_bytes(number.to_bytes(width, "big"), "little")
    return number
