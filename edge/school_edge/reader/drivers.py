"""The seam between kinds of readers and the agent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

#: A message for a page, as it goes over the wire (docs/reader.md).
Message = dict[str, Any]
Emit = Callable[[Message], None]

RANDOM_UID_BYTES = 4
UID_LENGTHS = (4, 7, 10)


class Driver(Protocol):
    """One kind of reader, or one port.

    :ivar readers: names of the readers that are there now
    :ivar problem: why there is none, for the person at the school; "" when all is well
    """

    kind: str
    readers: tuple[str, ...]
    problem: str

    async def run(self, emit: Emit) -> None:
        """Watch until cancelled; survive whatever is plugged in or out.

        Emits, once for each placing, `card_message`, `text_message` or
        `unreadable_message`, then `removed_message`; and READERS_CHANGED after a change
        of `readers` or `problem`.
        """


READERS_CHANGED: Message = {"type": "readers"}


def card_message(uid: bytes, reader: str) -> Message:
    """A card's UID in the order of PC/SC; a phone's number changes at every tap.

    >>> card_message(bytes.fromhex("08BC1234"), "R")["random"]
    True
    """
    message = {"type": "card", "uid": uid.hex().upper(), "reader": reader}
    if len(uid) == RANDOM_UID_BYTES and uid[0] == 0x08:
        message["random"] = True
    return {**message, "kind": "pcsc"}


def text_message(text: str, reader: str) -> Message:
    """A line of a text reader as it came; the page knows how to read it."""
    return {"type": "text", "text": text, "reader": reader, "kind": "serial"}


def unreadable_message(reader: str) -> Message:
    """A card lies there that gives no number."""
    return {"type": "unreadable", "reader": reader, "kind": "pcsc"}


def removed_message(reader: str, kind: str) -> Message:
    return {"type": "removed", "reader": reader, "kind": kind}
