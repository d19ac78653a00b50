"""What time it is, on a machine whose clock may be wrong or set back.

>>> times = {"wall": 1_000_000.0, "steady": 50.0}
>>> clock = Clock(lambda: times["wall"], lambda: times["steady"], not_before=0)
>>> times.update(wall=1_000_010.0 - 3600, steady=60.0)  # an hour back
>>> clock.now(), clock.set_backs
(1000010.0, 1)

The server's time is the right one as soon as it is known:

>>> clock.learn(1_000_500.0)
>>> times["steady"] = 61.0
>>> clock.now(), clock.drift
(1000501.0, 490)
"""

import time
from datetime import UTC, datetime
from pathlib import Path

#: A difference to the server below this is its answer's way through the network.
TOLERANCE = 2.0
#: The machine's clock was set by this much or more, not just adjusted.
STEP = 30.0


class Clock:
    """Seconds since 1970 by the steady counter of the machine.

    :param not_before: what this program has seen before; a small computer without a
        battery starts in the past
    :param offset: difference to the steady counter, known from the server in an earlier
        run of this program since the machine was started

    A wall clock that is set back is not followed, one that is set forward is, until the
    server's time is known.

    :ivar set_backs: how often the machine's clock was seen to go back
    :ivar drift: by how many seconds the time was corrected last by the server's
    """

    def __init__(
        self, wall=time.time, steady=time.monotonic, not_before=0.0, offset=None
    ):
        self._wall, self._steady = wall, steady
        self.is_known = offset is not None
        if offset is None:
            offset = max(wall(), not_before) - steady()
        self._offset = offset
        self._wall_offset = wall() - steady()
        self.set_backs = 0
        self.drift = 0

    def now(self):
        """Return the time in seconds, UTC."""
        steady = self._steady()
        offset = self._wall() - steady
        if abs(offset - self._wall_offset) >= STEP:
            if offset < self._wall_offset:
                self.set_backs += 1
            elif not self.is_known:
                self._offset = max(self._offset, offset)
            self._wall_offset = offset
        return steady + self._offset

    def utc(self):
        """Return the time as naive UTC, whole seconds."""
        moment = datetime.fromtimestamp(self.now(), UTC)
        return moment.replace(microsecond=0, tzinfo=None)

    def learn(self, seconds):
        """Take the server's time over."""
        difference = seconds - self.now()
        if abs(difference) >= TOLERANCE:
            self._offset += difference
            self.drift = round(difference)
        self.is_known = True

    def known_offset(self):
        """Return `offset` for the next run, None while the server's time is unknown."""
        return self._offset if self.is_known else None


def boot_id():
    """Return what is another text after each start of the machine; "" if unknown: the
    steady counter of Linux counts on from one process to the next until then."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
