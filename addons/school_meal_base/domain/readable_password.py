"""Temporary passwords that people read from a till receipt.

>>> len(generate()), set(generate()) <= set(ALPHABET)
(8, True)
>>> set("0O1lI5S") & set(ALPHABET)
set()
"""

import secrets

#: Letters and digits that are not mistaken for one another on a narrow receipt.
ALPHABET = "abcdefghjkmnpqrtuvwxyz2346789"
#: 29 ** 8 = 5e11 variants: with a lock after a few failures, more than enough for
#: the weeks a temporary password lives.
LENGTH = 8


def generate():
    """Return a new password with at least one letter and one digit."""
    while True:
        password = "".join(secrets.choice(ALPHABET) for __ in range(LENGTH))
        if not password.isdigit() and not password.isalpha():
            return password
