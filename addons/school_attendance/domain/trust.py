"""Whether a turnstile that saw nobody means that nobody came.

It never does by itself: a turnstile without power, one that stands open, or a class
that went on an excursion through the back door look the same. A school's day is
trusted only while its controllers speak and enough children have come through them.
"""

from typing import NamedTuple

WAITING, TRUSTED, NO_GATE = "waiting", "trusted", "no_gate"
SILENT, FREE, FEW = "silent", "free", "few"
#: Trust in less than this would take a school's meals off by three cards.
LOWEST_SHARE = 5


class Gate(NamedTuple):
    """The controllers of a school."""

    controllers: int
    silent: int
    free: int


class Turnout(NamedTuple):
    """Of the classes whose lessons have begun: who should be here, who came."""

    expected: int
    came: int


def school_trust(gate, turnout, share):
    """Return the code of trust in a school's day.

    :param share: so many per cent of the expected must have come

    >>> school_trust(Gate(2, 0, 0), Turnout(100, 95), 30)
    'trusted'
    >>> school_trust(Gate(2, 1, 0), Turnout(100, 95), 30)
    'silent'
    >>> school_trust(Gate(2, 0, 0), Turnout(100, 29), 30)
    'few'
    >>> school_trust(Gate(2, 0, 1), Turnout(100, 95), 30)
    'free'
    >>> school_trust(Gate(0, 0, 0), Turnout(100, 95), 30)
    'no_gate'
    """
    if not gate.controllers:
        return NO_GATE
    if not turnout.expected:
        return WAITING
    if gate.silent:
        return SILENT
    if gate.free:
        return FREE
    return TRUSTED if enough(turnout, share) else FEW


def enough(turnout, share):
    """Return whether enough children came for the missing ones to be missing.

    >>> [enough(Turnout(*each), 30) for each in ((25, 8), (25, 7), (1, 0))]
    [True, False, False]
    """
    return turnout.came * 100 >= max(share, LOWEST_SHARE) * turnout.expected > 0


def class_trust(school_code, turnout, share):
    """Return whether a missing child of a class is missing.

    A class of which hardly anybody came is away together: on an excursion, or through
    another door.

    >>> class_trust("trusted", Turnout(25, 20), 30)
    True
    >>> class_trust("few", Turnout(9, 9), 30)
    False
    >>> class_trust("trusted", Turnout(25, 2), 30)
    False
    """
    return school_code == TRUSTED and enough(turnout, share)
