"""Progress lines, failures with advice, child processes."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path


class Failure(Exception):
    """Something the user can act upon; the message says what to do."""


def say(text: str) -> None:
    """Print; cleaning up must go on when the terminal is closed."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step and, when it took a while, how long it took."""
    say(f"==> {title}")
    started = time.monotonic()
    yield
    seconds = time.monotonic() - started
    if seconds >= 2:
        say(f"    done in {seconds:.0f} s")


def run(
    command: list[str | Path], *, log: Path | None = None, **options
) -> subprocess.CompletedProcess:
    """Run a command; on failure show the end of its output and stop.

    :param log: file for the output (kept); without it the output is captured
    """
    options.setdefault("text", True)
    arguments = [str(part) for part in command]
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as stream:
            result = subprocess.run(
                arguments, stdout=stream, stderr=subprocess.STDOUT, **options
            )
        output = log.read_text(encoding="utf-8", errors="replace")
    else:
        result = subprocess.run(arguments, capture_output=True, **options)
        output = (result.stdout or "") + (result.stderr or "")
    if result.returncode:
        tail = "\n".join(output.splitlines()[-25:])
        where = f"\nWhole log: {log}" if log else ""
        raise Failure(
            f"{shlex.join(arguments)}\nended with code {result.returncode}:\n"
            f"{tail}{where}"
        )
    return result


def clean_environment(**extra: str) -> dict[str, str]:
    """The environment for Odoo: no stray PG* or Odoo variables."""
    dropped = ("PGUSER", "PGDATABASE", "ODOO_RC", "OPENERP_SERVER", "PYTHONPATH")
    environment = {k: v for k, v in os.environ.items() if k not in dropped}
    environment["PYTHONUNBUFFERED"] = "1"
    environment.update(extra)
    return environment


class Progress:
    """What a long step is at, now and then; seldom in the log of a CI."""

    def __init__(self):
        self.interval = 60 if in_ci() else 15  # seconds
        self.said = time.monotonic()
        self.last = ""

    def at(self, text: str) -> None:
        """Say this, unless something was said a moment ago or nothing changed."""
        now = time.monotonic()
        if text and text != self.last and now - self.said >= self.interval:
            say(f"    {text}")
            self.said, self.last = now, text


def in_ci() -> bool:
    """Does a machine read this? Then what is missing is a failure, not a note."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def report(error: Failure) -> int:
    print(f"\nStopped: {error}", file=sys.stderr, flush=True)
    return 1
