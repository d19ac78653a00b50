"""When people come and go on a school day."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """Somebody at a reader, in seconds since the beginning of the play."""

    at: float
    card: str
    direction: str
    serial: object


def morning(cards, serials, *, seconds, seed=0, absent=0.05, twice=0.01):
    """Return the steps of a morning: most come in the ten minutes before the bell.

    :param float seconds: how long the morning takes; the bell is at three quarters
    :param float absent: part of the students who do not come
    :param float twice: part of those who tap again at once

    >>> steps = morning(["A", "B", "C"], [1, 2], seconds=60, absent=0, twice=0)
    >>> len(steps), steps == sorted(steps, key=lambda step: step.at)
    (3, True)
    """
    chance = random.Random(seed)
    steps = []
    for card in cards:
        if chance.random() < absent:
            continue
        at = min(max(chance.gauss(0.65, 0.12), 0), 1) * seconds
        serial = chance.choice(serials)
        steps.append(Step(at, card, "in", serial))
        if chance.random() < twice:
            steps.append(Step(at + 1, card, "in", serial))
    return sorted(steps, key=lambda step: step.at)


def day(cards, serials, *, seconds, seed=0, absent=0.05):
    """Return the steps of a whole day: everybody who came leaves in its second half.

    >>> steps = day(["A"], [1], seconds=100, absent=0)
    >>> [step.direction for step in steps]
    ['in', 'out']
    """
    chance = random.Random(seed + 1)
    steps = []
    for step in morning(cards, serials, seconds=seconds / 3, seed=seed, absent=absent):
        if step.card in {known.card for known in steps[-1:]}:
            continue
        leaves = (0.6 + 0.35 * chance.random()) * seconds
        steps += [step, Step(leaves, step.card, "out", chance.choice(serials))]
    return sorted(steps, key=lambda step: step.at)


def trickle(cards, serials, *, every, seed=0):
    """Yield steps without end: now one comes, now one who is inside leaves.

    :param float every: mean seconds between two of them
    """
    chance = random.Random(seed)
    inside, at = set(), 0.0
    while True:
        at += chance.expovariate(1 / every)
        card = chance.choice(cards)
        direction = "out" if card in inside else "in"
        inside.symmetric_difference_update({card})
        yield Step(at, card, direction, chance.choice(serials))
