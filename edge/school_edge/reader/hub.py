"""Pages that are connected, and which of them gets the card."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, field

from .drivers import Message
from .pairing import TokenStore

_logger = logging.getLogger(__name__)

#: A page that reads nothing is closed rather than given old cards later.
LONGEST_QUEUE = 32


@dataclass(eq=False)
class Page:
    """A connection of a page.

    :ivar digest: of its token; None until it is paired
    :ivar front: when it said last that it is in front: a running number
    """

    origin: str
    digest: str | None = None
    front: int = 0
    queue: asyncio.Queue[str | None] = field(
        default_factory=lambda: asyncio.Queue(LONGEST_QUEUE)
    )

    def tell(self, message: Message) -> None:
        try:
            self.queue.put_nowait(json.dumps(message, ensure_ascii=False))
        except asyncio.QueueFull:
            _logger.warning("A page of %s reads nothing and is closed", self.origin)
            self.close()

    def close(self) -> None:
        """End the connection once what was told is sent; a full queue is dropped."""
        while self.queue.full():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class Hub:
    """The card goes to one page: the one that said last that it is in front."""

    def __init__(self, store: TokenStore):
        self.store = store
        self.pages: set[Page] = set()
        self._fronts = 0

    @property
    def paired(self) -> list[Page]:
        return [page for page in self.pages if page.digest]

    def bring_to_front(self, page: Page) -> None:
        self._fronts += 1
        page.front = self._fronts

    def deliver(self, message: Message) -> None:
        """Tell the page in front; without any the card is nobody's."""
        listeners = self.paired
        if not listeners:
            _logger.info("%s: no page is connected", message["type"])
            return
        max(listeners, key=lambda page: page.front).tell(message)

    def broadcast(self, message: Message) -> None:
        for page in self.paired:
            page.tell(message)

    def drop_forgotten(self) -> None:
        """Close the pages whose token was revoked."""
        for page in self.paired:
            if not self.store.knows(page.digest, page.origin):
                page.digest = None
                page.tell({"type": "refused", "reason": "token"})
                page.close()
