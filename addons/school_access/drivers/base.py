"""How controllers of different makers are spoken to: one class, one file each.

A driver is pure: it turns the body of a call into messages and writes the answer. What
the messages mean for people, cards and commands is the same for all
(`models/access_controller_call.py`). Messages are the classes of
`school_edge.protocol.web_json`: PowerOn, Ping, CheckAccess, Events, Result, Cards.

A new driver is a module here, a line in `__init__.py`, a code in `const.DRIVERS` and a
route.
"""

from datetime import UTC
from typing import ClassVar, NamedTuple
from zoneinfo import ZoneInfo


class Fact(NamedTuple):
    """One event in the words of `access.event`.

    `occurred_at`: naive UTC, None when the controller does not know; `is_repeat`: the
    server has it already.
    """

    key: str
    occurred_at: object
    kind: str
    verdict: str | None
    reader: int | None
    card: str
    code: int
    flag: int
    is_repeat: bool
    is_own_refusal: bool = False


class Driver:
    """`code`: value of the field `driver`. `path`: where its controllers call, before
    their secret. `has_activation`: it waits for `set_active` after a start. `commands`:
    names it can carry out."""

    code = None
    path = None
    has_activation = False
    commands = frozenset()
    by_code: ClassVar[dict] = {}

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        if cls.code:
            Driver.by_code[cls.code] = cls()

    def parse(self, body):
        """Return a `web_json.Request`, None when it is not to be understood."""
        raise NotImplementedError

    def answer(self, date, interval):
        """Return an empty :class:`Answer`.

        :param datetime date: local time of the school
        :param int interval: seconds to the next call
        """
        raise NotImplementedError

    def facts(self, serial, state, events, now, tz, has_sensor):
        """Return the new state of the controller and a :class:`Fact` for each event,
        None where it is acknowledged and dropped.

        :param state: what the call before returned (JSON), None at first
        :param int now: seconds of the server's clock
        """
        raise NotImplementedError


class Answer:
    """What a controller is told; every method but `render` tells whether it fits."""

    def granted(self, number, is_granted):
        raise NotImplementedError

    def stored(self, number, message, count):
        """:param int count: events of the message, from the first, that are stored"""
        raise NotImplementedError

    def command(self, number, name, payload):
        raise NotImplementedError

    def card_changes(self, number, name, cards):
        """Add as many of the cards as fit; return how many.

        :param str name: `add_cards` or `del_cards`
        """
        raise NotImplementedError

    def render(self):
        raise NotImplementedError


def to_utc(local_time, tz):
    """Return naive UTC of a school's local time; of an hour that the clocks show twice
    the first one."""
    if local_time is None:
        return None
    aware = local_time.replace(tzinfo=ZoneInfo(tz))
    return aware.astimezone(UTC).replace(tzinfo=None)


def to_local(moment, tz):
    """Return the school's naive local time of naive UTC."""
    aware = moment.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(tz)).replace(tzinfo=None)
