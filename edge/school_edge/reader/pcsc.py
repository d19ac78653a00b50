"""PC/SC readers through pyscard.

The calls of the PC/SC service itself are used, not pyscard's monitors: those poll on
their own and do not come back after the service was restarted.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .drivers import (
    READERS_CHANGED,
    UID_LENGTHS,
    Emit,
    card_message,
    removed_message,
    unreadable_message,
)

try:
    from smartcard import scard
except ImportError:  # the agent may serve serial readers alone
    scard = None

_logger = logging.getLogger(__name__)

GET_UID = [0xFF, 0xCA, 0x00, 0x00, 0x00]
SUCCESS = (0x90, 0x00)
WAIT_MS = 500
RETRY_SECONDS = 1.0
#: After its start the service finds the readers one by one.
SETTLING_SECONDS = 3.0
#: Another program may hold the card for a moment.
READ_ATTEMPTS, READ_PAUSE = 5, 0.1


class ServiceLost(Exception):
    """The PC/SC service is not there (any more)."""


class CardGone(Exception):
    """The card was taken away before it could be read."""


@dataclass
class Slot:
    """What is known about a reader.

    :ivar state: as the service told it, with its counter of placings in the high half
    :ivar uid: of the card that lies there; in memory only
    :ivar stale: the service was restarted since
    """

    state: int = 0
    is_present: bool = False
    uid: bytes | None = None
    stale: bool = False

    @property
    def counter(self) -> int:
        return self.state >> 16


class PcscDriver:
    kind = "pcsc"

    def __init__(self) -> None:
        self.readers: tuple[str, ...] = ()
        self.problem = "" if scard else "не установлен пакет pyscard"
        self._slots: dict[str, Slot] = {}
        self._settled_at = 0.0

    async def run(self, emit: Emit) -> None:
        if not scard:
            _logger.warning("PC/SC readers: %s", self.problem)
            return
        loop = asyncio.get_running_loop()
        stop = threading.Event()

        def tell(message):
            # the loop may be closed while the last wait of the thread runs out
            if not stop.is_set():
                loop.call_soon_threadsafe(emit, message)

        try:
            await asyncio.to_thread(self._watch, stop, tell)
        finally:
            stop.set()

    def _watch(self, stop: threading.Event, emit: Emit) -> None:
        while not stop.is_set():
            try:
                with _context() as context:
                    self._settled_at = time.monotonic() + SETTLING_SECONDS
                    self._set(self.readers, "", emit)
                    while not stop.is_set():
                        self._look(context, stop, emit)
            except ServiceLost as error:
                for slot in self._slots.values():
                    slot.stale = True
                self._set((), f"служба PC/SC не отвечает ({error})", emit)
                stop.wait(RETRY_SECONDS)

    def _set(self, readers: tuple[str, ...], problem: str, emit: Emit) -> None:
        if (readers, problem) != (self.readers, self.problem):
            if problem != self.problem:
                _logger.info("PC/SC readers: %s", problem or "the service answers")
            for name in readers:
                if name not in self.readers:
                    _logger.info("Reader “%s” is there", name)
            self.readers, self.problem = readers, problem
            emit(READERS_CHANGED)

    def _look(self, context, stop: threading.Event, emit: Emit) -> None:
        """Wait a moment for news of any reader and deal with them."""
        names = _list_readers(context)
        for name in self._slots.keys() - set(names):
            if not self._slots[name].stale or time.monotonic() > self._settled_at:
                self._forget(name, emit)
        for name in names:
            self._slots.setdefault(name, Slot())
        self._set(names, "", emit)
        if not names:
            stop.wait(WAIT_MS / 1000)
            return
        asked = [(name, self._asked_state(name)) for name in names]
        code, states = scard.SCardGetStatusChange(context, WAIT_MS, asked)
        if code in (scard.SCARD_E_UNKNOWN_READER, scard.SCARD_E_READER_UNAVAILABLE):
            return
        if code == scard.SCARD_E_TIMEOUT:
            return
        _check(code)
        for name, state, _atr in states:
            if state & scard.SCARD_STATE_CHANGED:
                self._settle(context, name, state & ~scard.SCARD_STATE_CHANGED, emit)

    def _asked_state(self, name: str) -> int:
        slot = self._slots[name]
        return scard.SCARD_STATE_UNAWARE if slot.stale else slot.state

    def _forget(self, name: str, emit: Emit) -> None:
        slot = self._slots.pop(name)
        _logger.info("Reader “%s” is gone", name)
        if slot.is_present:
            emit(removed_message(name, self.kind))

    def _settle(self, context, name: str, state: int, emit: Emit) -> None:
        """Compare a reader's new state with the old one; tell what happened between.

        The counter shows a card that was taken away and placed again between two looks.
        """
        slot = self._slots[name]
        is_same = slot.is_present and not slot.stale and state >> 16 == slot.counter
        was_present, old_uid, stale = slot.is_present, slot.uid, slot.stale
        slot.state, slot.stale = state, False
        slot.is_present = bool(state & scard.SCARD_STATE_PRESENT)
        if is_same and slot.is_present:
            return
        slot.uid = None
        if slot.is_present:
            try:
                slot.uid = None if _is_mute(state) else _read_uid(context, name)
            except CardGone:
                slot.is_present = False
        if slot.is_present and was_present and stale and slot.uid == old_uid:
            return  # it lay there all the time
        if was_present:
            emit(removed_message(name, self.kind))
        if slot.is_present:
            uid = slot.uid
            emit(card_message(uid, name) if uid else unreadable_message(name))


# --- Calls of the service ---


def _check(code: int) -> None:
    if code != scard.SCARD_S_SUCCESS:
        raise ServiceLost(scard.SCardGetErrorMessage(code).rstrip("."))


@contextmanager
def _context() -> Iterator:
    code, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    _check(code)
    try:
        yield context
    finally:
        scard.SCardReleaseContext(context)


def reader_names() -> tuple[str, ...]:
    """The readers that are there now; `ServiceLost` without the service."""
    with _context() as context:
        return _list_readers(context)


def _list_readers(context) -> tuple[str, ...]:
    code, names = scard.SCardListReaders(context, [])
    if code == scard.SCARD_E_NO_READERS_AVAILABLE:
        return ()
    _check(code)
    return tuple(names)


def _is_mute(state: int) -> bool:
    """The card does not answer to reset."""
    return bool(state & scard.SCARD_STATE_MUTE)


def _read_uid(context, name: str) -> bytes | None:
    """Ask the card for its UID; None when it gives none."""
    for _attempt in range(READ_ATTEMPTS):
        code, uid = _try_to_read(context, name)
        if code == scard.SCARD_S_SUCCESS:
            return uid
        if code in (scard.SCARD_W_REMOVED_CARD, scard.SCARD_E_NO_SMARTCARD):
            raise CardGone
        if code in (scard.SCARD_E_NO_SERVICE, scard.SCARD_E_SERVICE_STOPPED):
            raise ServiceLost(scard.SCardGetErrorMessage(code).rstrip("."))
        time.sleep(READ_PAUSE)
    return None


def _try_to_read(context, name: str) -> tuple[int, bytes | None]:
    code, card, protocol = scard.SCardConnect(
        context,
        name,
        scard.SCARD_SHARE_SHARED,
        scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1,
    )
    if code != scard.SCARD_S_SUCCESS:
        return code, None
    try:
        code, answer = scard.SCardTransmit(card, protocol, GET_UID)
        if code != scard.SCARD_S_SUCCESS:
            return code, None
        return code, uid_from(bytes(answer))
    finally:
        scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)


def uid_from(answer: bytes) -> bytes | None:
    """The UID in an answer; None for 6300, 6A81, and numbers that are no UID of a card.

    >>> uid_from(bytes.fromhex("BCD142649000")).hex()
    'bcd14264'
    >>> uid_from(bytes.fromhex("6A81"))
    >>> uid_from(bytes.fromhex("01029000"))
    """
    uid, status = answer[:-2], tuple(answer[-2:])
    return uid if status == SUCCESS and len(uid) in UID_LENGTHS else None
