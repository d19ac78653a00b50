"""How often somebody may call: a bucket for each caller, in one process.

>>> rate = CallRate(per_second=1, burst=2)
>>> [rate.allows("a", at) for at in (0, 0, 0, 1, 1)]
[True, True, False, True, False]
>>> rate.is_first_refusal("a", 1), rate.is_first_refusal("a", 2)
(True, False)
"""

#: A refusal is told once in so many seconds.
TELL_EVERY = 60
#: Callers remembered.
LIMIT = 10_000


class CallRate:
    def __init__(self, per_second, burst):
        self.per_second = per_second
        self.burst = burst
        self._buckets = {}
        self._told = {}

    def allows(self, caller, now):
        """Tell whether the call may be looked at.

        :param float now: seconds of a clock that is never set back
        """
        left, since = self._buckets.get(caller, (self.burst, now))
        left = min(self.burst, left + (now - since) * self.per_second)
        is_allowed = left >= 1
        if len(self._buckets) >= LIMIT:
            self._buckets.clear()
        self._buckets[caller] = (left - is_allowed, now)
        return is_allowed

    def is_first_refusal(self, caller, now):
        """Tell whether nobody was told of this caller for a while."""
        told = self._told.get(caller)
        if told is not None and now - told < TELL_EVERY:
            return False
        if len(self._told) >= LIMIT:
            self._told.clear()
        self._told[caller] = now
        return True
