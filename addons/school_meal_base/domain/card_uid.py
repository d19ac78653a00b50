"""Card identity: one canonical UID and the shorter keys that readers show.

A card is known by the number its chip answers with, written as upper-case hex in
the order in which a PC/SC reader returns the bytes (UID0 first):

* Mifare / NFC: 4, 7 or 10 bytes (8, 14 or 20 digits);
* EM-Marine: the 40-bit EM4100 number (10 digits).

Cheap readers show less than that, so three search keys are derived:

* ``w26``: the pair ``FFF,NNNNN`` that Wiegand-26 transmits (3 bytes);
* ``z5r``: the same three bytes as the 12 digits of a Z-5R controller;
* ``dec10``: the four low bytes as ten decimal digits.

The pair of 4-byte and 7-byte Mifare cards and of EM-Marine was checked on lines of
real readers; that of 10-byte cards and ``dec10`` of long cards are our assumption.

>>> keys_of("BCD14264")
{'w26': '066,53692', 'z5r': '00000042D1BC', 'dec10': '1682100668'}
>>> keys_of("041B4B62D22F80")["w26"]
'004,06987'
>>> keys_of("55007EE424")["w26"]
'126,58404'
"""

import re

MIFARE_LENGTHS = (8, 14, 20)
EM_LENGTH = 10
REFUSALS = ("malformed", "random", "blank")

_SEPARATED = re.compile(r"[0-9A-F]{2}(?:[ :-][0-9A-F]{2})+")
_HEX = re.compile(r"[0-9A-F]+")


class CardUidError(ValueError):
    """The text is not a card UID; ``code`` is one of REFUSALS."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def canonical_uid(text):
    """Return the canonical UID of hex text, with or without byte separators.

    >>> canonical_uid("bc:d1:42:64")
    'BCD14264'
    >>> canonical_uid("04 1b 4b 62 d2 2f 80")
    '041B4B62D22F80'
    >>> canonical_uid("BCD1426")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ...
    CardUidError: malformed
    """
    value = (text or "").strip().upper()
    if _SEPARATED.fullmatch(value):
        value = re.sub(r"[ :-]", "", value)
    if not _HEX.fullmatch(value) or not _is_uid_length(value):
        raise CardUidError("malformed")
    return value


def enrolment_refusal(uid):
    """Return why a canonical UID must not be bound to a student, or None.

    Phones answer with a new random number at each tap (4 bytes, first byte 08).

    >>> enrolment_refusal("08A1B2C3"), enrolment_refusal("00000000")
    ('random', 'blank')
    >>> enrolment_refusal("08A1B2C3D4E5F6") is None
    True
    >>> enrolment_refusal("BCD1")
    'malformed'
    """
    if not _HEX.fullmatch(uid or "") or not _is_uid_length(uid):
        return "malformed"
    if set(uid) <= {"0"} or set(uid) <= {"F"}:
        return "blank"
    if len(uid) == 8 and uid.startswith("08"):
        return "random"
    return None


def kind_of(uid):
    """Return ``mifare`` or ``em_marine``; the length tells them apart.

    >>> kind_of("BCD14264"), kind_of("A10007002A")
    ('mifare', 'em_marine')
    """
    return "em_marine" if len(uid) == EM_LENGTH else "mifare"


def keys_of(uid):
    """Return the search keys of a canonical UID as a dict."""
    low = _low_bytes(uid)
    return {
        "w26": pair_text(low & 0xFFFFFF),
        "z5r": z5r_text(low & 0xFFFFFF),
        "dec10": f"{_low_four(uid):010d}",
    }


def ironlogic_text(uid):
    """Return the line an IronLogic reader prints for a UID (for tests, simulators).

    >>> ironlogic_text("041B4B62D22F80")
    'Mifare[62D22F80041B4B] 004,06987'
    >>> ironlogic_text("A10007002A")
    'Em-Marine[A100] 007,00042'
    """
    pair = keys_of(uid)["w26"]
    if kind_of(uid) == "em_marine":
        return f"Em-Marine[{uid[:4]}] {pair}"
    return f"Mifare[{ironlogic_bracket(uid)}] {pair}"


def ironlogic_bracket(uid):
    """Return the bracket of an IronLogic line: 7-byte UIDs come rotated by three.

    >>> ironlogic_bracket("041B4B62D22F80")
    '62D22F80041B4B'
    """
    return uid[6:] + uid[:6] if len(uid) == 14 else uid


def uid_from_bracket(bracket):
    """Return the canonical UID of an IronLogic bracket.

    >>> uid_from_bracket("62D22F80041B4B")
    '041B4B62D22F80'
    >>> uid_from_bracket("24548AAC")
    '24548AAC'
    """
    return bracket[8:] + bracket[:8] if len(bracket) == 14 else bracket


def reverse_bytes(text):
    """Reverse the byte order of hex text.

    >>> reverse_bytes("BCD14264")
    '6442D1BC'
    """
    return bytes.fromhex(text)[::-1].hex().upper()


def pair_text(number):
    """Return a 24-bit number as series and number.

    >>> pair_text(0xBB076B)
    '187,01899'
    """
    return f"{number >> 16:03d},{number & 0xFFFF:05d}"


def pair_number(series, number):
    """Return the 24-bit number of a pair, or None when it is out of range.

    >>> hex(pair_number(187, 1899)), pair_number(256, 1), pair_number(1, 65536)
    ('0xbb076b', None, None)
    """
    if not (0 <= series <= 0xFF and 0 <= number <= 0xFFFF):
        return None
    return series << 16 | number


def z5r_text(number):
    """Return a number as the 12 digits of a Z-5R controller.

    >>> z5r_text(0xBB076B)
    '000000BB076B'
    """
    return f"{number:012X}"


def _is_uid_length(text):
    return len(text) in MIFARE_LENGTHS or len(text) == EM_LENGTH


def _low_bytes(uid):
    """The three bytes (or more) whose low 24 bits Wiegand-26 transmits."""
    if len(uid) == 8:
        return int(reverse_bytes(uid), 16)
    if len(uid) == EM_LENGTH:
        return int(uid, 16)
    return int(uid[:6], 16)


def _low_four(uid):
    """The four bytes that ten-digit readers print."""
    if len(uid) == EM_LENGTH:
        return int(uid, 16) & 0xFFFFFFFF
    return int(reverse_bytes(uid[:8]), 16)
