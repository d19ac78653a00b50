"""How calls to and from another system are signed: HMAC-SHA256, in both directions.

Three headers go with the JSON body:

* ``X-Access-Timestamp``: seconds since 1970, UTC
* ``X-Access-Nonce``: 16 to 64 letters, digits, ``-`` or ``_``, used once
* ``X-Access-Signature``: ``v1=`` and the hex digest

The digest is made with the secret over ``timestamp.nonce.target.`` and the raw body.
`target` is the path of the call, so that a signed "open" is good for one door only; the
answer to a call is signed with its nonce and the target ``answer``, so that it is good
for one question only.

>>> headers = sign("secret", "/path", b"{}", nonce="0123456789abcdef", now=1000)
>>> headers["X-Access-Signature"][:12]
'v1=eacb8bb6b'
>>> verify("secret", "/path", b"{}", headers, now=1060)
'0123456789abcdef'
>>> verify("secret", "/path", b"{}", headers, now=1400) is None  # too old
True
>>> verify("secret", "/other", b"{}", headers, now=1000) is None
True
>>> verify("secret", "/path", b"{ }", headers, now=1000) is None
True
>>> verify("secret", "/path", b"{}", {}, now=1000) is None
True
"""

import hashlib
import hmac
import re

TIMESTAMP = "X-Access-Timestamp"
NONCE = "X-Access-Nonce"
SIGNATURE = "X-Access-Signature"
#: How far the clock of the other system may be from ours, in seconds.
WINDOW = 120
ANSWER = "answer"

_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


def sign(secret, target, body, *, nonce, now):
    """Return the headers that sign a body (bytes) at a time (seconds since 1970)."""
    timestamp = str(int(now))
    return {
        TIMESTAMP: timestamp,
        NONCE: nonce,
        SIGNATURE: f"v1={_digest(secret, timestamp, nonce, target, body)}",
    }


def verify(secret, target, body, headers, *, now):
    """Return the nonce of a body that is signed well and just now, else None."""
    timestamp = headers.get(TIMESTAMP) or ""
    nonce = headers.get(NONCE) or ""
    given = headers.get(SIGNATURE) or ""
    if not (_TIMESTAMP.fullmatch(timestamp) and _NONCE.fullmatch(nonce)):
        return None
    if abs(int(timestamp) - now) > WINDOW:
        return None
    expected = f"v1={_digest(secret, timestamp, nonce, target, body)}"
    # compared as bytes: a header may hold any letter
    is_good = hmac.compare_digest(expected.encode(), given.encode())
    return nonce if is_good else None


def _digest(secret, timestamp, nonce, target, body):
    head = f"{timestamp}.{nonce}.{target}.".encode()
    return hmac.new(secret.encode(), head + body, hashlib.sha256).hexdigest()
