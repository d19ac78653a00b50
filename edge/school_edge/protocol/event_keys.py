"""Which events of a controller are new, and the key of each.

A controller numbers nothing. It keeps events in order and sends them in batches until
a batch is acknowledged; so after a lost answer it sends again what the server has
already, from the same place on, perhaps cut differently and followed by new events. And
its clock may be set back: then other events have times that were there before.

The natural key (code, card, time, flag) alone would take real events after a set-back
for repeats. It therefore carries `fold`, a count of set-backs, and the server remembers
the *tail*: the last events it accepted. A batch is read like this:

1. *Repeat or new.* If the beginning of the batch equals the tail from some place on,
   up to the end of the tail or of the batch, these events are repeats and get the keys
   they had. Such a place counts if it is in the batch that came last, however long ago
   that was (its answer may be lost), or if all that is found was received within
   `RETRY_SECONDS` (a post that the network delayed). An older place is no repeat: a
   controller never sends again what it knows to be accepted.
2. *Fold.* In the rest, times grow; where one is more than `JITTER_SECONDS` earlier than
   the event before it, the clock was set back, and `fold` grows. Corrections of a drift
   by seconds are no set-back. An event without a readable time keeps the fold.
3. *Key.* uuid5 of (serial, code, card, time, flag, fold).

What this cannot tell apart: one and the same last batch, sent again after its answer
was lost, and a batch that is equal to it to the second because the clock was set back
by exactly the time that has passed. It is taken for a repeat.

>>> event = (16, "000000BB076B", "2026-11-17 08:10:00", 0)
>>> state, found = assign("44374", None, [event], now=0)
>>> again, repeated = assign("44374", state, [event], now=3600)
>>> repeated[0].is_repeat, repeated[0].key == found[0].key
(True, True)

Another event, then the clock is set back by an hour and the card passes again:

>>> other = (16, "000000AA0001", "2026-11-17 09:10:00", 0)
>>> state, _found = assign("44374", state, [other], now=3600)
>>> state, third = assign("44374", state, [event], now=3601 + RETRY_SECONDS)
>>> third[0].is_repeat, third[0].key == found[0].key, state["fold"]
(False, False, 1)
"""

import hashlib
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from .web_json import parse_time

#: Namespace of the keys of events that controllers tell the server directly.
NAMESPACE = UUID("6f0f2f5e-6a0c-5e0e-9f0b-1f6f3f7f4a44")
#: Events remembered; a longer batch is remembered whole.
TAIL = 64
#: A delayed post arrives within this time, or not at all.
RETRY_SECONDS = 600
#: Nobody passes twice within seconds; a clock is corrected by that much all the time.
JITTER_SECONDS = 5


class Keyed(NamedTuple):
    """`key`: uuid text. `is_repeat`: it was accepted before under this key."""

    key: str
    fold: int
    is_repeat: bool


def assign(serial, state, events, now):
    """Return the new state and a :class:`Keyed` for each event of a batch.

    :param str serial: of the controller
    :param state: what the call before returned (a dict that JSON holds), None at first
    :param list events: (code, card, time text, flag) in the order of the batch
    :param int now: seconds of the server's clock, when the batch was received

    State: `fold`; `last`, the latest event's time; `tail`, the events accepted last as
    "fold.received.digest"; `start`, where in it the last batch begins.
    """
    fold, last, tail, start = _open(state)
    if not events:
        return _close(fold, last, tail, start), []
    digests = [_digest(event) for event in events]
    place, known = _find(tail, start, digests, now)
    keyed = []
    for position, event in enumerate(events):
        if position < known:
            old_fold = tail[place + position][0]
            keyed.append(Keyed(_key(serial, event, old_fold), old_fold, True))
            continue
        moment = parse_time(event[2])
        if moment and last and (last - moment).total_seconds() > JITTER_SECONDS:
            fold += 1
        last = moment or last
        tail.append((fold, now, digests[position]))
        keyed.append(Keyed(_key(serial, event, fold), fold, False))
    return _close(fold, last, tail, place), keyed


def _open(state):
    if not state:
        return 0, None, [], 0
    tail = []
    for entry in state["tail"]:
        fold, received, digest = entry.split(".")
        tail.append((int(fold), int(received), digest))
    last = state["last"]
    last = datetime.fromisoformat(last) if last else None
    return state["fold"], last, tail, state["start"]


def _close(fold, last, tail, start):
    cut = max(0, min(start, len(tail) - TAIL))
    return {
        "fold": fold,
        "last": last.isoformat() if last else None,
        "tail": [f"{f}.{received}.{digest}" for f, received, digest in tail[cut:]],
        "start": start - cut,
    }


def _find(tail, start, digests, now):
    """Return where in the tail the batch begins, and how many of its events are there.

    The earliest place in the last batch is the best one: nothing of it is new then.
    """
    known = [digest for _fold, _received, digest in tail]
    for place in (*range(start, len(tail)), *range(start)):
        length = min(len(digests), len(tail) - place)
        if known[place : place + length] != digests[:length]:
            continue
        if place >= start or all(
            now - received <= RETRY_SECONDS
            for _fold, received, _digest in tail[place : place + length]
        ):
            return place, length
    return len(tail), 0


def _digest(event):
    return hashlib.sha256(_natural_key(event).encode()).hexdigest()[:12]


def _natural_key(event):
    code, card, time, flag = event
    return f"{code}|{card}|{time}|{flag}"


def _key(serial, event, fold):
    return str(uuid5(NAMESPACE, f"{serial}|{_natural_key(event)}|{fold}"))
