"""Odoo's log must be quiet: every warning is an error unless it is explained."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

LINE = re.compile(
    r"^(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) \d+ "
    r"(?P<level>[A-Z]+) (?P<database>\S+) (?P<logger>\S+): (?P<message>.*)$"
)
BAD_LEVELS = {"WARNING", "ERROR", "CRITICAL"}
SEPARATOR = "  # "
SECTION = re.compile(r"\[([\w*?.-]+)\]")


@dataclass
class Entry:
    """One record of a log; following lines (a traceback) belong to it."""

    level: str
    logger: str
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return f"{self.level} {self.logger}: " + "\n".join(self.lines)


@dataclass(frozen=True)
class Allowed:
    """A pattern and why what it matches is harmless.

    :param logs: names of the logs it is for
    """

    pattern: re.Pattern
    reason: str
    logs: str = "*"


def parse_log(lines: Iterable[str]) -> list[Entry]:
    """Split a log into records.

    >>> parse_log(["2026-09-01 10:00:00,000 7 INFO db odoo.x: hello", "more"])[0].text
    'INFO odoo.x: hello\\nmore'
    """
    entries: list[Entry] = []
    for raw in lines:
        line = raw.rstrip("\n")
        match = LINE.match(line)
        if match:
            entries.append(Entry(match["level"], match["logger"], [match["message"]]))
        elif entries:
            entries[-1].lines.append(line)
    return entries


def parse_allowlist(text: str) -> list[Allowed]:
    """Read ``regex  # reason`` lines; a line without a reason is an error.

    What follows a line ``[pattern]`` is for logs with such a name only.
    """
    allowed = []
    logs = "*"
    for number, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip() or raw.startswith("#"):
            continue
        if section := SECTION.fullmatch(raw.strip()):
            logs = section[1]
            continue
        pattern, _, reason = raw.rpartition(SEPARATOR)
        if not pattern.strip() or not reason.strip():
            raise ValueError(f"allow-list, line {number}: expected 'regex  # reason'")
        compiled = re.compile(pattern.strip(), re.DOTALL)
        allowed.append(Allowed(compiled, reason.strip(), logs))
    return allowed


def complaints(entries: Iterable[Entry], allowed: list[Allowed]) -> list[Entry]:
    """Records that are warnings or worse and that nothing explains."""
    return [
        entry
        for entry in entries
        if entry.level in BAD_LEVELS
        and not any(item.pattern.search(entry.text) for item in allowed)
    ]


def check_files(logs: Iterable[Path], allowlist: Path) -> list[str]:
    """Unexplained records of several log files, each text once."""
    allowed = parse_allowlist(allowlist.read_text(encoding="utf-8"))
    found: dict[str, None] = {}
    for log in logs:
        if log.exists():
            fitting = [a for a in allowed if fnmatch.fnmatchcase(log.name, a.logs)]
            with log.open(encoding="utf-8", errors="replace") as stream:
                for entry in complaints(parse_log(stream), fitting):
                    found[entry.text] = None
    return list(found)
