"""Codes of paper lists and digests of cards: what a tablet recognises offline.

A student's code is random to whoever does not know the secret of the database; it says
nothing about the student and cannot be made up. The code of a sheet names class and day
and ends in a check.

>>> student_code("secret", 7)
'SMP6P14TW9CN8Z5TJYG'
>>> sheet_code("secret", 12, "2026-11-16")
'SMT-12-20261116-JSSZ'
>>> parse_sheet_code("secret", " smt-12-20261116-jssz ")
(12, datetime.date(2026, 11, 16))
>>> parse_sheet_code("secret", "SMT-13-20261116-JSSZ")
"""

import hashlib
import hmac
import re
from datetime import datetime

from odoo.addons.school_meal_base.domain.reader_text import (
    QR_ALPHABET,
    undo_russian_layout,
)

STUDENT_PREFIX = "SMP"
STUDENT_LENGTH = 16
CHECK_LENGTH = 4
DIGEST_LENGTH = 16

_SHEET = re.compile(r"SMT-?([0-9]{1,9})-?([0-9]{8})-?([0-9A-Z]{4})")


def salted(salt, key, value):
    """Return what stands for a card's number on a tablet.

    >>> salted("00ff", "uid", "BCD14264")
    '6b41041f3b11c611'
    """
    text = f"{salt}:{key}:{value}"
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]


def student_code(secret, student_id):
    """Return the text of a student's QR on paper lists."""
    return STUDENT_PREFIX + _letters(secret, f"paper-{student_id}", STUDENT_LENGTH)


def student_digest(secret, student_id, salt):
    return salted(
        salt, "paper", _letters(secret, f"paper-{student_id}", STUDENT_LENGTH)
    )


def sheet_code(secret, class_id, day):
    """Return the number of the sheet of a class and a day."""
    place = f"{class_id}-{str(day).replace('-', '')}"
    return f"SMT-{place}-{_letters(secret, place, CHECK_LENGTH)}"


def parse_sheet_code(secret, text):
    """Return (class id, day), or None when this is not the number of a sheet."""
    match = _SHEET.fullmatch(undo_russian_layout((text or "").strip()).upper())
    if not match:
        return None
    class_id, day, check = match.groups()
    try:
        date = datetime.strptime(day, "%Y%m%d").date()
    except ValueError:
        return None
    expected = _letters(secret, f"{int(class_id)}-{day}", CHECK_LENGTH)
    return (int(class_id), date) if hmac.compare_digest(check, expected) else None


def _letters(secret, text, length):
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return "".join(QR_ALPHABET[byte % len(QR_ALPHABET)] for byte in digest[:length])
