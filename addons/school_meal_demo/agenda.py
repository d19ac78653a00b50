"""What happens on which day of the story, in the order of time."""

import heapq
from itertools import count


class Agenda:
    """Steps by day and hour; each is done once, when the story comes to its day.

    >>> agenda, seen = Agenda(), []
    >>> agenda.add(2, 10, seen.append, "late")
    >>> agenda.add(1, 12, seen.append, "noon")
    >>> agenda.add(1, 10, seen.append, "morning")
    >>> for step in agenda.take(1):
    ...     step.run()
    >>> seen
    ['morning', 'noon']
    >>> [(step.day, step.hour) for step in agenda.take(2)]
    [(2, 10)]
    """

    def __init__(self):
        self._steps, self._count = [], count()

    def add(self, day, hour, function, *args):
        step = Step(day, hour, function, args)
        heapq.heappush(self._steps, (day, hour, next(self._count), step))

    def take(self, last_day):
        """Yield the steps until a day, the oldest first; they are taken off."""
        while self._steps and self._steps[0][0] <= last_day:
            yield heapq.heappop(self._steps)[-1]


class Step:
    def __init__(self, day, hour, function, args):
        self.day, self.hour, self.function, self.args = day, hour, function, args

    def run(self):
        self.function(*self.args)
