"""Who may hear cards: a page that was given the code once, and has a token since."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

_logger = logging.getLogger(__name__)

CODE_DIGITS = 6
CODE_SECONDS = 600
ATTEMPTS = 5
PAUSE_SECONDS = 60
#: More pages than a computer has; the oldest is forgotten.
MOST_TOKENS = 50


class WrongCode(Exception):
    """Not the code that is shown now."""


class TooManyAttempts(Exception):
    """Nothing is accepted for a while.

    :ivar seconds: how long
    """

    def __init__(self, seconds: int):
        super().__init__(seconds)
        self.seconds = seconds


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class TokenStore:
    """Digests of the tokens in a file; a token is worth something to its server only.

    The file is looked at anew when it changed, so that `--forget` works at once.
    """

    def __init__(self, path: Path):
        self.path = path
        self._seen: tuple | None = None
        self._known: list[dict] = []

    def knows(self, digest: str, origin: str) -> bool:
        return any(
            hmac.compare_digest(item["digest"], digest) and item["origin"] == origin
            for item in self.load()
        )

    def add(self, digest: str, origin: str) -> None:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        new = {"digest": digest, "origin": origin, "since": since}
        self._write([*self.load(), new][-MOST_TOKENS:])

    def forget(self) -> int:
        """Forget all pages; return how many there were."""
        count = len(self.load())
        if count:
            self._write([])
        return count

    def load(self) -> list[dict]:
        try:
            status = self.path.stat()
            seen = (status.st_ino, status.st_mtime_ns, status.st_size)
            if seen != self._seen:
                self._known = _checked(json.loads(self.path.read_text("utf-8")))
                self._seen = seen
        except FileNotFoundError:
            self._known, self._seen = [], None
        except (OSError, ValueError) as error:
            # fewer rights, never more: pages have to be paired again
            _logger.error("%s cannot be read: %s", self.path, type(error).__name__)
            self._known, self._seen = [], None
        return self._known

    def _write(self, items: list[dict]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(".part")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as stream:
            json.dump(items, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(partial, self.path)


def _checked(items: object) -> list[dict]:
    """
    >>> _checked({"digest": 1})
    Traceback (most recent call last):
    ...
    ValueError: not a list of tokens
    """
    names = ("digest", "origin")
    if not isinstance(items, list) or not all(
        isinstance(item, dict) and all(isinstance(item.get(n), str) for n in names)
        for item in items
    ):
        raise ValueError("not a list of tokens")
    return items


class Pairing:
    """A code of six digits, for one page and ten minutes, and what it is given for."""

    def __init__(self, store: TokenStore, clock: Callable[[], float] = time.monotonic):
        self.store = store
        self._clock = clock
        self._code = ""
        self._until = 0.0
        self._wrong = 0
        self._paused_until = 0.0

    @property
    def code(self) -> str:
        """The code of now; whoever sees this computer's screen may see it."""
        if not self._code or self._clock() >= self._until:
            self._renew()
        return self._code

    def redeem(self, code: object, origin: str) -> tuple[str, str]:
        """Give a token for the code; (token, its digest).

        :raises WrongCode:
        :raises TooManyAttempts: also for the right code, so that guessing is too slow
        """
        pause = self._paused_until - self._clock()
        if pause > 0:
            raise TooManyAttempts(int(pause) + 1)
        given = str(code).replace(" ", "").encode()
        if not hmac.compare_digest(given, self.code.encode()):
            self._count_wrong()
            raise WrongCode
        self._wrong, self._code = 0, ""
        token = secrets.token_urlsafe(32)
        digest = digest_of(token)
        self.store.add(digest, origin)
        return token, digest

    def _count_wrong(self) -> None:
        self._wrong += 1
        if self._wrong >= ATTEMPTS:
            self._wrong, self._code = 0, ""
            self._paused_until = self._clock() + PAUSE_SECONDS
            _logger.warning(
                "%d wrong codes: nothing is paired for %d s", ATTEMPTS, PAUSE_SECONDS
            )

    def _renew(self) -> None:
        self._code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        self._until = self._clock() + CODE_SECONDS
        _logger.info("Code to connect a page: %s (ten minutes, one page)", self._code)
