"""How a card is named on the wire of a controller: 12 hex digits (protocols, 1.6).

>>> card_code("BCD14264", "26")
'00000042D1BC'
>>> card_code("BCD14264", "34")
'00006442D1BC'
"""

from odoo.addons.school_meal_base.domain.card_uid import keys_of


def card_code(uid, bits, byte_order="direct"):
    """Return the code that a reader of these settings sends for a card.

    :param str uid: canonical UID (upper-case hex, PC/SC order)
    :param str bits: "26", "34" or "0" (the whole number)
    """
    keys = keys_of(uid)
    if bits == "26":
        code = keys["z5r"]
    elif bits == "34":
        code = f"{int(keys['dec10']):012X}"
    else:
        code = uid[-12:].rjust(12, "0")
    return code
