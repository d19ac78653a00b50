"""Readers that print a line for every card: IronLogic Z-2 USB, Matrix III and others.

The line goes to the page as it is; what it means is known there (reader_text.js).
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator

from school_edge.words import why

from .drivers import READERS_CHANGED, Emit, removed_message, text_message

try:
    import serial
except ImportError:  # the agent may serve PC/SC readers alone
    serial = None

_logger = logging.getLogger(__name__)

NO_CARD = re.compile(r"(?:\d+ +)?no card", re.IGNORECASE)
LINE_END = re.compile(rb"[\r\n]+")
LONGEST = 120
READ_SECONDS = 0.2
RETRY_SECONDS = 1.0
#: Some readers repeat the line while the card lies there.
REPEAT_SECONDS = 1.5


class LineBuffer:
    """Whole lines from pieces; what is longer than a line of a reader is dropped.

    >>> buffer = LineBuffer()
    >>> list(buffer.feed(b"Mifare[BCD1")), list(buffer.feed(b"4264]\\r\\nNo ca"))
    ([], ['Mifare[BCD14264]'])
    >>> list(buffer.feed(b"rd\\r\\n"))
    ['No card']
    >>> list(buffer.feed(b"x" * 500)), list(buffer.feed(b"x\\r\\nok\\n"))
    ([], ['ok'])
    """

    def __init__(self) -> None:
        self._rest = b""
        self._is_too_long = False

    def feed(self, data: bytes) -> Iterator[str]:
        *lines, self._rest = LINE_END.split(self._rest + data)
        for line in lines:
            text = line.decode("ascii", errors="ignore").strip()
            if text and len(line) <= LONGEST and not self._is_too_long:
                yield text
            self._is_too_long = False
        if len(self._rest) > LONGEST:
            self._rest, self._is_too_long = b"", True


class Taps:
    """One message for each placing of a card.

    >>> now = [0.0]
    >>> taps = Taps("COM3", clock=lambda: now[0])
    >>> [message["type"] for message in taps.read("Mifare[BCD14264]")]
    ['text']
    >>> list(taps.read("Mifare[BCD14264]"))
    []
    >>> [message["type"] for message in taps.read("No card")]
    ['removed']
    >>> [message["type"] for message in taps.read("Mifare[BCD14264]")]
    ['text']
    """

    def __init__(self, reader: str, clock: Callable[[], float] = time.monotonic):
        self.reader = reader
        self._clock = clock
        self._line: str | None = None
        self._at = 0.0

    def read(self, line: str) -> Iterator[dict]:
        if NO_CARD.fullmatch(line):
            yield from self.take_away()
            return
        now = self._clock()
        is_repeat = line == self._line and now - self._at < REPEAT_SECONDS
        self._line, self._at = line, now
        if not is_repeat:
            yield text_message(line, self.reader)

    def take_away(self) -> Iterator[dict]:
        if self._line is not None:
            self._line = None
            yield removed_message(self.reader, SerialDriver.kind)


class SerialDriver:
    """One port."""

    kind = "serial"

    def __init__(self, port: str, baud: int) -> None:
        self.port, self.baud = port, baud
        self.readers: tuple[str, ...] = ()
        self.problem = "" if serial else "не установлен пакет pyserial"

    async def run(self, emit: Emit) -> None:
        if not serial:
            _logger.warning("Reader %s: %s", self.port, self.problem)
            return
        loop = asyncio.get_running_loop()
        stop = threading.Event()

        def tell(message):
            if not stop.is_set():
                loop.call_soon_threadsafe(emit, message)

        try:
            await asyncio.to_thread(self._watch, stop, tell)
        finally:
            stop.set()

    def _watch(self, stop: threading.Event, emit: Emit) -> None:
        while not stop.is_set():
            taps = Taps(self.port)
            try:
                with open_port(self.port, self.baud) as port:
                    self._set((self.port,), "", emit)
                    buffer = LineBuffer()
                    while not stop.is_set():
                        data = port.read(port.in_waiting or 1)
                        for line in buffer.feed(data):
                            for message in taps.read(line):
                                emit(message)
            except OSError as error:  # SerialException is one
                for message in taps.take_away():
                    emit(message)
                self._set((), f"порт {self.port}: {why(error)}", emit)
            stop.wait(RETRY_SECONDS)

    def _set(self, readers: tuple[str, ...], problem: str, emit: Emit) -> None:
        if (readers, problem) != (self.readers, self.problem):
            _logger.info("Reader %s: %s", self.port, problem or "connected")
            self.readers, self.problem = readers, problem
            emit(READERS_CHANGED)


def open_port(port: str, baud: int):
    # nobody else may take lines away from the agent
    return serial.Serial(port, baud, timeout=READ_SECONDS, exclusive=True)
