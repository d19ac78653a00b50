"""СНИЛС: the insurance number of a person, eleven digits, ``XXX-XXX-XXX YY``.

The last two digits check the first nine; numbers up to 001-001-998 were issued
before the check existed and are not checked.

>>> normalise("112-233-445 95")
'11223344595'
>>> problem("112-233-445 96")
'check'
>>> display("11223344595")
'112-233-445 95'
"""

import re

LENGTH = 11
FIRST_CHECKED = 1_001_999
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015.]")


def digits(text):
    """Return ``text`` without the separators people write.

    >>> digits(" 112\u2013233\u2013445\u00a095 ")
    '11223344595'
    """
    return _SEPARATORS.sub("", text or "")


def check_digits(number):
    """Return the two check digits of the first nine digits of ``number``.

    >>> check_digits("112233445")
    '95'
    >>> check_digits("087654303")  # the sum is 201: remainder 100 is written 00
    '00'
    """
    total = sum(int(digit) * (9 - place) for place, digit in enumerate(number[:9]))
    return f"{total % 101 % 100:02d}"


def problem(text):
    """Return why ``text`` is not a СНИЛС: 'characters', 'length', 'check' or None.

    >>> problem("112-233-445 9x"), problem("112-233-445"), problem("000-000-000 00")
    ('characters', 'length', 'check')
    >>> problem("05686067192"), problem("001-001-998 17")
    (None, None)
    """
    number = digits(text)
    if not re.fullmatch(r"[0-9]*", number):
        return "characters"
    if len(number) != LENGTH:
        return "length"
    if int(number[:9]) == 0:
        return "check"
    if int(number[:9]) < FIRST_CHECKED or number[9:] == check_digits(number):
        return None
    return "check"


def normalise(text):
    """Return the eleven digits of ``text``; ValueError(reason) if it is not a СНИЛС.

    >>> normalise("877 594 608-92")
    '87759460892'
    >>> normalise("12")
    Traceback (most recent call last):
    ...
    ValueError: length
    """
    reason = problem(text)
    if reason:
        raise ValueError(reason)
    return digits(text)


def display(number):
    """Return eleven digits in the printed form ``XXX-XXX-XXX YY``."""
    number = digits(number)
    return f"{number[:3]}-{number[3:6]}-{number[6:9]} {number[9:]}"
