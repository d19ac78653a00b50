"""What somebody types as a login: one form to find the user and to count failures."""

import ipaddress

#: Characters that separate groups of digits in print, hyphens of all kinds included.
SEPARATORS = str.maketrans("", "", "-\u2010\u2011\u2012\u2013\u2014\u2212")


def normalise(login):
    """Return the form under which a login is searched and its failures are counted.

    Account numbers are printed in groups, phones begin an e-mail with a capital
    letter. Whatever finds a user must be counted as that user, so both use this
    function, and applying it again changes nothing.

    >>> normalise(" 0242 013-137 ")
    '0242013137'
    >>> normalise("0--2 42013137") == normalise("0242013137")
    True
    >>> normalise("Maria@Example.com ")
    'maria@example.com'
    >>> normalise("anna-maria@example.com")
    'anna-maria@example.com'
    >>> normalise(None)
    ''
    """
    typed = "".join((login or "").split())
    digits = typed.translate(SEPARATORS)
    return digits if digits.isdigit() else typed.lower()


def source_of(address):
    """Return the network a caller comes from: a house has many addresses of IPv6.

    >>> source_of("203.0.113.7")
    '203.0.113.7'
    >>> source_of("2001:db8:1:2:3:4:5:6")
    '2001:db8:1:2::/64'
    >>> source_of("")
    ''
    """
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def masked(login):
    """Return what may stand in a log of a login: enough to recognise a known one.

    >>> masked("0242013137")
    '…37'
    >>> masked("ab")
    '…'
    """
    text = str(login or "")
    return f"…{text[-2:]}" if len(text) > 4 else "…"
