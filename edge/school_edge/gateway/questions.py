"""Taps that need somebody's yes: the server is asked, once; it opens by an order.

A child waits at the door: without a word of the server soon, or when it is known to be
away, what the point says for that case counts.
"""

import asyncio
import logging
from typing import NamedTuple
from uuid import UUID, uuid5

from school_edge.protocol.windows import GRANTED

HELD, NOT_VERIFIED = "held", "not_verified"
#: The server's word has to be here by then; "wait" is a word.
WORD_SECONDS = 5.0
#: The controller calls often while an order to open may come.
BUSY_SECONDS = 60.0
#: An order to open of our own is worth nothing after this.
OPEN_SECONDS = 20.0
MAX_WAITING, MAX_KNOWN = 100, 1_000

_logger = logging.getLogger(__name__)


class Question(NamedTuple):
    controller: dict
    message: object
    direction: str | None

    @property
    def is_open_by_default(self):
        return self.controller.get("verification_default") == "allow"


class Questions:
    """
    :ivar asked: set when there is something to ask the server at once
    """

    def __init__(self, gateway):
        self.gateway = gateway
        self.asked = asyncio.Event()
        self._waiting = {}
        self._over = {}
        self._known = {}

    def ask(self, controller, line, message, direction):
        """Return "held", or the verdict at once when the server is away."""
        key = self._key(controller, message, direction)
        if key in self._known:  # asked again after a lost answer
            return self._known[key]
        question = Question(controller, message, direction)
        gateway = self.gateway
        is_away = gateway.server_error or gateway.last_sync is None
        if is_away or len(self._waiting) >= MAX_WAITING:
            verdict = GRANTED if question.is_open_by_default else NOT_VERIFIED
        else:
            verdict = HELD
            line.busy_until = line.steady() + BUSY_SECONDS
            self._waiting[key] = question
            self.asked.set()
            gateway.spawn(self._give_up(key))
        self._known[key] = verdict
        while len(self._known) > MAX_KNOWN:
            del self._known[next(iter(self._known))]
        return verdict

    def to_tell(self):
        """Return [key, controller, card, direction, whether it is settled here]."""
        return [
            [key, each.controller["id"], each.message.card, each.direction, is_over]
            for is_over, questions in ((False, self._waiting), (True, self._over))
            for key, each in questions.items()
        ]

    def answered(self, told, answers):
        """The server has what was told; its answers are (key, verdict) pairs."""
        for key, *_rest, is_over in told:
            if is_over:
                self._over.pop(key, None)
        for key, verdict in answers:
            question = self._waiting.pop(key, None)
            # The order to open comes by itself.
            if question and verdict not in (GRANTED, HELD):
                self._refuse(question, verdict)

    async def _give_up(self, key):
        await asyncio.sleep(WORD_SECONDS)
        question = self._waiting.pop(key, None)
        if question is None:
            return
        _logger.warning("No word of the server: the default of the point counts")
        self._over[key] = question
        while len(self._over) > MAX_WAITING:
            del self._over[next(iter(self._over))]
        line = self.gateway.lines.get(question.controller["id"])
        if not question.is_open_by_default:
            self._refuse(question, NOT_VERIFIED)
        elif line:
            until = line.steady() + OPEN_SECONDS
            line.ask("open_door", {"direction": question.direction}, expires_at=until)

    def _refuse(self, question, verdict):
        self.gateway.lan.note_refusal(*question, verdict)

    def _key(self, controller, message, direction):
        """A repeat of the same question within the minute is the same one."""
        minute = self.gateway.clock.utc().isoformat()[:16]
        name = f"{controller['id']}|{message.id}|{message.card}|{direction}|{minute}"
        return str(uuid5(UUID(self.gateway.journal.store.id), name))
