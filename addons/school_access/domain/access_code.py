"""How a card is named on the wire of a controller: 12 hex digits (protocols, 1.6).

The SQL function `access_card_code` (sql/access_list.sql) is the same rule for whole
schools; a test compares the two.

>>> card_code("BCD14264", "26")
'00000042D1BC'
>>> card_code("BCD14264", "34")
'00006442D1BC'
>>> card_code("BCD14264", "26", "reversed")
'000000BCD142'
>>> card_code("041B4B62D22F80", "0")
'1B4B62D22F80'
"""

from odoo.addons.school_meal_base.domain.card_uid import keys_of, reverse_bytes

#: Bit of a card in a Z-5R: only the low three bytes are compared (protocols, 1.5).
SHORT_CODE = 32


def card_code(uid, bits, byte_order="direct"):
    """Return the code that a reader of these settings sends for a card.

    :param str uid: canonical UID (upper-case hex, PC/SC order)
    :param str bits: "26", "34" or "0" (the whole number)
    :param str byte_order: "direct" or "reversed"
    """
    keys = keys_of(uid)
    if bits == "26":
        number = keys["z5r"][-6:]
    elif bits == "34":
        number = f"{int(keys['dec10']):08X}"
    else:
        number = uid
    if byte_order == "reversed":
        number = reverse_bytes(number)
    return number[-12:].rjust(12, "0")


def code_flags(bits):
    """Return the flags of a card with a code of so many bits.

    >>> code_flags("26"), code_flags("34")
    (32, 0)
    """
    return SHORT_CODE if bits == "26" else 0
