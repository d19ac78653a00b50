"""Number of a personal account (лицевой счёт): ten digits, the last a check digit.

Three digits of the school that opened the account, six of a serial number and the
Damm check digit, which catches every single wrong digit and every swap of two
neighbours: the mistakes people make when they type the number at a bank's terminal.
"""

from stdnum import damm

LENGTH = 10


def build(school_code, serial):
    """Return the number for a school's code and a serial number.

    >>> build("024", 201313)
    '0242013138'
    >>> build("24", 1)
    Traceback (most recent call last):
    ValueError: A school code has three digits: '24'
    """
    if len(school_code) != 3 or not school_code.isdigit():
        raise ValueError(f"A school code has three digits: {school_code!r}")
    if not 0 < serial < 1_000_000:
        raise ValueError(f"Serial number out of range: {serial}")
    body = f"{school_code}{serial:06d}"
    return body + damm.calc_check_digit(body)


def normalize(text):
    """Return the ten digits of a typed or scanned number.

    >>> normalize(" 024 201313-8 ")
    '0242013138'
    >>> normalize("0242013183")
    Traceback (most recent call last):
    ValueError: wrong check digit
    """
    digits = "".join(ch for ch in text if ch not in " -\u00a0\t")
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()):
        raise ValueError("an account number has ten digits")
    if not damm.is_valid(digits):
        raise ValueError("wrong check digit")
    return digits


def is_valid(text):
    """Tell whether the text is a well-formed account number.

    >>> is_valid("0242013138"), is_valid("0242013139"), is_valid("")
    (True, False, False)
    """
    try:
        normalize(text)
    except ValueError:
        return False
    return True
