"""The clock of the demo: stopped once, and set to whatever time the story has reached.

freezegun goes through all loaded modules whenever it freezes the time; a story has more
than a thousand moments.
"""

import contextlib
from datetime import UTC

from freezegun import api

_clocks = []


@contextlib.contextmanager
def story():
    """Make it possible to set the clock; until it is set, it shows the real time."""
    # not the function of the package: Odoo's tests put their own in its place
    with api.freeze_time(_now(), tick=True, ignore=["psycopg2"]) as clock:
        _clocks.append(clock)
        try:
            yield
        finally:
            _clocks.remove(clock)


@contextlib.contextmanager
def at(moment):
    """Set the clock to an aware moment; it ticks on, and shows the real time after.

    :param moment: `datetime.datetime`
    """
    if not _clocks:
        with story(), at(moment):
            yield
        return
    _clocks[-1].move_to(moment)
    try:
        yield
    finally:
        _clocks[-1].move_to(_now())


def _now():
    return api.real_datetime.now(UTC)
