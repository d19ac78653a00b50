"""A switch that stops asking who does not answer.

After `limit` failures in a row nobody is asked for `rest` seconds; then one call tries,
and the others go on without until it has succeeded. A dead system so costs one child a
second, not each of them.

>>> now = 0
>>> circuit = Circuit(limit=2, rest=30, clock=lambda: now)
>>> circuit.allows(), circuit.failed(), circuit.allows(), circuit.failed()
(True, False, True, True)
>>> circuit.allows()
False
>>> now = 30
>>> circuit.allows(), circuit.allows()
(True, False)
>>> circuit.succeeded()
True
>>> circuit.allows(), circuit.succeeded()
(True, False)
"""

import time


class Circuit:
    def __init__(self, limit=3, rest=30, clock=time.monotonic):
        self._limit, self._rest, self._clock = limit, rest, clock
        self._failures, self._closed_until = 0, None

    def allows(self):
        """Tell whether to ask now; a yes after a rest is for this caller alone."""
        if self._failures < self._limit:
            return True
        if self._clock() < self._closed_until:
            return False
        self._closed_until = self._clock() + self._rest
        return True

    def failed(self):
        """Note a failure; return True if asking stops by it."""
        self._failures += 1
        if self._failures == self._limit:
            self._closed_until = self._clock() + self._rest
        return self._failures == self._limit

    def succeeded(self):
        """Note an answer; return True if asking had stopped."""
        was_open = self._failures >= self._limit
        self._failures = 0
        return was_open
