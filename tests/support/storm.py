"""Many participants at once on the same few accounts, and what each was told."""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from .web import Refused

#: What a rule may answer to somebody who wants to spend.
NO_MONEY = {
    "insufficient_funds",
    "account_blocked",
    "limit_day",
    "limit_sitting",
}


@dataclass
class Record:
    """What the server has acknowledged to one participant. Amounts are kopecks.

    `transfers`: operation number → (phase, amount); `released`: holds that were voided;
    `orders`: number → (total, part that moved on accounts); `adjustments`: note →
    amount; `refused`: numbers and notes that must have left nothing.
    """

    transfers: dict = field(default_factory=dict)
    released: set = field(default_factory=set)
    orders: dict = field(default_factory=dict)
    adjustments: dict = field(default_factory=dict)
    refused: set = field(default_factory=set)
    done: Counter = field(default_factory=Counter)
    errors: list = field(default_factory=list)


class Participant:
    """Somebody who works in rounds. Numbers come from `chance`: a seed is a storm.

    :param client: `Client` of this participant
    :param list people: whose accounts all share
    """

    def __init__(self, client, people, chance):
        self.client, self.people, self.chance = client, people, chance
        self.record = Record()

    def work(self):
        """Do one round."""
        raise NotImplementedError

    def run(self, is_over):
        try:
            while not is_over():
                self.work()
        except Exception as error:  # reported by the test, a thread cannot fail it
            self.complain(f"{type(self).__name__}: {error!r}")
        finally:
            self.client.close()

    def several(self, name, call):
        """Call once or, as if the answer had been lost, some times more.

        :return: the answers in order; a `Refused` stands for a refusal
        """
        return [self._once(name, call) for _ in range(self.chance.choice((1, 1, 2, 3)))]

    def _once(self, name, call):
        self.record.done[name] += 1
        try:
            return call()
        except Refused as refusal:
            return refusal

    def settle(self, name, answers, is_yes):
        """Tell whether the server agreed; a refusal may become a yes when repeated, a
        yes stays one."""
        verdicts = [bool(is_yes(answer)) for answer in answers]
        if verdicts != sorted(verdicts):
            self.complain(f"{name} was taken back: {answers}")
        return verdicts[-1]

    def complain(self, sentence):
        self.record.errors.append(sentence)


class Storm:
    """Run participants at once, each in a thread of its own.

    :param calls: the storm is over after so many; None: when the `with` block ends
    """

    def __init__(self, crew, *, calls=None):
        self.crew, self.calls = crew, calls
        self.ending = threading.Event()
        self.threads = [
            threading.Thread(target=participant.run, args=(self._is_over,))
            for participant in crew
        ]

    @property
    def records(self):
        return [participant.record for participant in self.crew]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *exception):
        if self.calls is None or exception[0]:
            self.ending.set()
        for thread in self.threads:
            thread.join()

    def _is_over(self):
        if self.calls is not None and self.done().total() >= self.calls:
            self.ending.set()
        return self.ending.is_set()

    # === WHAT HAS HAPPENED === #

    def done(self):
        """Calls so far, by name."""
        return self._total(record.done for record in self.records)

    def interrupted(self):
        """Calls during which the server went away, by name."""
        return self._total(participant.client.interrupted for participant in self.crew)

    def errors(self):
        return [error for record in self.records for error in record.errors]

    def _total(self, counters):
        total = Counter()
        for counter in counters:
            total.update(dict(counter))  # a copy: its owner goes on counting
        return total

    # === THE RIGHT MOMENT === #

    def wait_for(self, flight, calls=40, timeout=180):
        """Wait until so many more calls were made, then until one is on its way.

        :param str flight: name of that call, as `Client.flight` has it
        """
        deadline = time.monotonic() + timeout
        goal = self.done().total() + calls
        while time.monotonic() < deadline:
            if self.errors() or not all(thread.is_alive() for thread in self.threads):
                break
            flights = {participant.client.flight for participant in self.crew}
            if flight in flights and self.done().total() >= goal:
                return
            time.sleep(0.002)
        raise AssertionError(f"the storm does not rage: {self.errors()}")


def make_chance(seed, number):
    return random.Random(f"{seed}-{number}")
