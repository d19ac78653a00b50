"""The card memory of a controller, collected from the answers to `read_cards`.

It comes in later posts, in batches of 11, perhaps out of order or with one lost, and
nothing marks its end (protocols, 1.4). The dump is over when nothing has come for
`PAUSE_SECONDS`; it is whole if the positions leave no gap.

What looks short is read again; the cards of both times are taken together.

>>> cards = [HeldCard(n, f"{n:012X}", 0, 255) for n in range(1, 14)]
>>> dump = add(start(99), cards[11:], now=100)
>>> dump = add(dump, cards[:11], now=101)
>>> is_over(dump, now=105), is_over(dump, now=101 + PAUSE_SECONDS), is_whole(dump)
(False, True, True)
>>> len(held(dump)), is_whole(add(start(0), cards[11:], now=0))
(13, False)
>>> first = again(add(start(0), cards[:11], now=5))
>>> is_over(first, now=10**9), len(start(40, first)["cards"])
(False, 11)
>>> start(4000, first)["cards"]
{}
"""

from .web_json import HeldCard

#: Nothing for so long: the controller has told all it had.
PAUSE_SECONDS = 30
#: More cards than any controller holds: the rest is not collected.
LIMIT = 20_000
#: What looks short is read so often again, within so many seconds.
TRIES = 2
AGAIN_SECONDS = 600


def start(now, dump=None):
    """Return the dump as it begins; a controller without a card sends nothing more.

    :param int now: seconds, when the controller acknowledged `read_cards`
    :param dump: what there is already, if it is read again
    """
    if dump and dump["at"] is None and now - dump["since"] < AGAIN_SECONDS:
        return {**dump, "at": now}
    return {"since": now, "at": now, "tries": 0, "cards": {}}


def again(dump):
    """Return the dump that waits for another reading."""
    return {**dump, "at": None, "tries": dump["tries"] + 1}


def add(dump, cards, now):
    """Return the dump with the cards of one batch; the same batch may come twice.

    :param dump: what the call before returned, a dict that JSON holds
    :param list cards: :class:`HeldCard`
    """
    found = dict(dump["cards"])
    for card in cards:
        if len(found) < LIMIT or str(card.position) in found:
            found[str(card.position)] = [card.card, card.flags, card.zones]
    return {**dump, "at": now, "cards": found}


def is_over(dump, now):
    return dump["at"] is not None and now - dump["at"] >= PAUSE_SECONDS


def is_whole(dump):
    """Tell whether no batch was lost: positions run on from 0 or 1."""
    positions = {int(position) for position in dump["cards"]}
    if not positions:
        return True
    first, last = min(positions), max(positions)
    return first in (0, 1) and last - first + 1 == len(positions)


def held(dump):
    """Return {card: (flags, zones)} of what the controller holds."""
    return {card: (flags, zones) for card, flags, zones in dump["cards"].values()}


__all__ = ["HeldCard", "add", "held", "is_over", "is_whole", "start"]
