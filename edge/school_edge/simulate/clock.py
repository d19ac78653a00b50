"""The clock of a controller: it runs by itself and is set by the server's answers."""

import time
from datetime import datetime, timedelta

FORMAT = "%Y-%m-%d %H:%M:%S"


class Clock:
    """Local time of the school, without zone, as controllers know it.

    :param datetime start: what it shows first
    :param float speed: seconds of the controller per second of the machine
    :param bool is_set: whether answers of the server set it
    """

    def __init__(self, start=None, speed=1.0, is_set=True):
        self.speed = speed
        self.is_set = is_set
        self._base = start or datetime.now()
        self._since = time.monotonic()

    def now(self):
        passed = (time.monotonic() - self._since) * self.speed
        return self._base + timedelta(seconds=passed)

    def text(self):
        return self.now().strftime(FORMAT)

    def set(self, text):
        """Take the time of an answer, as the firmware does."""
        if not self.is_set:
            return
        try:
            moment = datetime.strptime(text, FORMAT)
        except (TypeError, ValueError):
            return
        self._base, self._since = moment, time.monotonic()

    def jump(self, seconds):
        """Set the clock off, as a dead battery or a hand does."""
        self._base += timedelta(seconds=seconds)
