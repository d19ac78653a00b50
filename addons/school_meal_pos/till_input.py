"""What a till may send at all: the form of numbers and amounts, whatever they mean."""

MAX_TEXT = 64
MAX_ID = 2**31 - 1
MAX_AMOUNT = 10**15  # of roubles or kopecks: far more than any rule allows


def is_operation_number(value):
    """Short printable text: the database stores neither NUL nor half a surrogate."""
    return isinstance(value, str) and 0 < len(value) <= MAX_TEXT and value.isprintable()


def is_amount(value):
    """A number; NaN and the infinities are none."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and -MAX_AMOUNT <= value <= MAX_AMOUNT


def is_id(value):
    """An id that a database could have given."""
    try:
        return -MAX_ID <= int(value) <= MAX_ID
    except (TypeError, ValueError, OverflowError):
        return False
