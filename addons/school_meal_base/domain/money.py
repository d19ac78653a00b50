"""Roubles as people and banks write them, and integer kopecks as we count them.

Amounts never pass through a float here: text becomes kopecks by reading digits.
"""

import re

#: Digits before the decimal mark that are still a plausible sum of money.
MAX_DIGITS = 15

_SPACES = " \u00a0\u2009\u202f"
_GROUP = f"[{_SPACES}'\u2019]"
_RUBLES = re.compile(
    rf"(?P<sign>[-\u2212]?)(?P<whole>[0-9]+|[0-9]{{1,3}}(?:{_GROUP}[0-9]{{3}})+)"
    r"(?:[.,](?P<part>[0-9]{1,2}))?"
)
_NOT_DIGIT = re.compile("[^0-9]")


def parse_rubles(text):
    """Return the kopecks (int) of an amount of roubles written as text.

    A comma or a point separates kopecks, at most two digits of them; spaces and
    apostrophes may separate thousands. Anything else is refused, not guessed.

    >>> parse_rubles("1 234,56"), parse_rubles("8575.3"), parse_rubles("-0,01")
    (123456, 857530, -1)
    >>> parse_rubles("1'000'000")
    100000000
    >>> parse_rubles("1,234.56")
    Traceback (most recent call last):
    ValueError: not an amount of roubles: '1,234.56'
    >>> parse_rubles("1e5")
    Traceback (most recent call last):
    ValueError: not an amount of roubles: '1e5'

    :raise ValueError: the text is not an amount, or it has parts of a kopeck
    """
    match = _RUBLES.fullmatch(text.strip(_SPACES + "\t"))
    whole = match and _NOT_DIGIT.sub("", match["whole"])
    if not whole or len(whole) > MAX_DIGITS:
        raise ValueError(f"not an amount of roubles: {text[:40]!r}")
    kopecks = int(whole) * 100 + int((match["part"] or "0").ljust(2, "0"))
    return -kopecks if match["sign"] else kopecks


def format_rubles(kopecks):
    """Return kopecks as roubles for people: no-break spaces, a decimal comma.

    >>> format_rubles(123456).replace(chr(160), " ")
    '1 234,56'
    >>> format_rubles(-5)
    '-0,05'
    """
    whole, part = divmod(abs(kopecks), 100)
    grouped = f"{whole:,}".replace(",", "\u00a0")
    return f"{'-' if kopecks < 0 else ''}{grouped},{part:02d}"


def plain_rubles(kopecks, mark="."):
    """Return kopecks as roubles for files: no thousands, the given decimal mark.

    >>> plain_rubles(123456), plain_rubles(-5, mark=",")
    ('1234.56', '-0,05')
    """
    whole, part = divmod(abs(kopecks), 100)
    return f"{'-' if kopecks < 0 else ''}{whole}{mark}{part:02d}"
