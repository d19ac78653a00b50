"""What the event codes of a Z-5R controller mean (protocols, 1.7).

Kinds and verdicts are those of `access.event`. Of a pair of codes the even one is of
reader 1 (entrance), the odd one of reader 2 (exit).

>>> meaning(4)
Meaning(kind='opened', verdict='granted', reader=1, alarm=None)
>>> meaning(17)
Meaning(kind='pass', verdict='granted', reader=2, alarm=None)
>>> meaning(5, has_sensor=False).kind
'pass'
>>> meaning(12).alarm, meaning(85), meaning(200).kind
('forced_door', None, 'service')
"""

from typing import NamedTuple

PASS = "pass"
OPENED = "opened"
REFUSED = "refused"
ALARM = "alarm"
SERVICE = "service"

#: "Passage done": only a controller with a passage sensor sends it.
PASSED = (16, 17)
#: The key was found and the door opened.
OPENED_BY_KEY = (4, 5)
#: The controller's own refusals of a card.
NOT_FOUND = (2, 3)
NOT_ALLOWED = (6, 7)
#: Number of a key, sent before the event it belongs to: not an event.
DROPPED = (85, 86)


class Meaning(NamedTuple):
    """`reader` is None where the code has no direction; `alarm` is a kind of
    `access.alarm` that the event raises."""

    kind: str
    verdict: str | None
    reader: int | None
    alarm: str | None


#: even code of a pair -> kind, verdict, alarm
PAIRS = {
    0: (OPENED, None, None),  # by the button inside
    2: (REFUSED, "unknown_card", None),
    4: (OPENED, "granted", None),
    6: (REFUSED, "no_rule", None),
    8: (OPENED, None, None),  # by an operator over the network
    10: (REFUSED, "locked", None),
    12: (ALARM, None, "forced_door"),
    14: (ALARM, None, "door_left_open"),
    16: (PASS, "granted", None),
    22: (SERVICE, None, None),  # the button is blocked
    26: (REFUSED, "antipassback", None),
    28: (SERVICE, None, None),  # lock on (trigger mode)
    30: (SERVICE, None, None),  # lock off
    32: (SERVICE, None, None),  # door open
    34: (SERVICE, None, None),  # door closed
    40: (SERVICE, None, None),  # nobody passed in time
    48: (OPENED, None, None),  # inside the airlock
    50: (REFUSED, "locked", None),  # the airlock is busy
    52: (OPENED, "granted", None),  # may enter the airlock
    54: (REFUSED, "antipassback", None),
}
#: codes without a direction
SINGLE = {
    18: (SERVICE, None, None),  # sensor 1
    19: (SERVICE, None, None),  # sensor 2
    20: (SERVICE, None, None),  # restart
    21: (SERVICE, None, None),  # power: flag 0 lost, 1 back
    36: (SERVICE, None, None),  # power control
    37: (SERVICE, None, None),  # the mode has changed
    38: (ALARM, None, "fire"),
    39: (ALARM, None, None),  # burglar alarm of the controller
    64: (SERVICE, None, None),  # hotel: mode
    65: (SERVICE, None, None),  # hotel: cards
}


def meaning(code, has_sensor=True):
    """Return the :class:`Meaning` of a code; None where it is no event.

    :param bool has_sensor: the controller reports "passage done"; without it, that the
        door opened for a card is all there is to know of a passage
    """
    if code in DROPPED:
        return None
    if code in SINGLE:
        kind, verdict, alarm = SINGLE[code]
        return Meaning(kind, verdict, None, alarm)
    if code not in PAIRS and code - 1 not in PAIRS:
        return Meaning(SERVICE, None, None, None)
    reader = code % 2
    kind, verdict, alarm = PAIRS[code - reader]
    if code in OPENED_BY_KEY and not has_sensor:
        kind = PASS
    return Meaning(kind, verdict, reader + 1, alarm)
