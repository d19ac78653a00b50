"""What really happened at the doors, to be counted against what the server knows."""

import json
from collections import Counter


class Truth:
    """Counts, and a line per fact in a file when there is one.

    Facts: `tap` (a person at a reader, and whether the door opened), `event` (the
    controller noted it), `taken` (the server has acknowledged it).
    """

    def __init__(self, stream=None):
        self.stream = stream
        self.counts = Counter()
        self.by_serial = Counter()
        self.inside = {}

    def tap(self, serial, card, direction, granted, moment):
        self.counts["granted" if granted else "refused"] += 1
        if granted:
            self.inside[card] = direction == "in"
        self._write("tap", serial, card, direction, granted, str(moment))

    def event(self, serial, event):
        self.counts["events"] += 1
        self.by_serial[serial] += 1
        self._write("event", serial, event)

    def taken(self, serial, events):
        self.counts["taken"] += len(events)
        for event in events:
            self._write("taken", serial, event)

    def _write(self, *fact):
        if self.stream:
            self.stream.write(json.dumps(fact) + "\n")
