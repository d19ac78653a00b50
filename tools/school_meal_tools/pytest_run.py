"""One process of pytest: its output in a file, its progress, its end, its report."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from . import logcheck, paths, processes
from .console import Progress, say

PYTEST = paths.VENV / "bin" / "pytest"
OPTIONS = (
    "-q", "-rfE", "--color=no",
    # names the file of every test in the report
    "-o", "junit_family=xunit1",
    "-o", "console_output_style=count",
)  # fmt: skip
NOTHING_COLLECTED = 5
SUMMARY = re.compile(r"^(FAILED|ERROR) \S+::")
DONE = re.compile(r"\[ *(\d+)/(\d+)\]$", re.MULTILINE)


@dataclass
class Outcome:
    """Counts of one part of the run."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    notes: list[str] = field(default_factory=list)
    skips: list[str] = field(default_factory=list)  # "test: reason"
    files: set[str] = field(default_factory=set)  # that had a test

    def add(self, other: Outcome) -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.notes += other.notes
        self.skips += other.skips
        self.files |= other.files

    def check(self, title: str, problems: list[str]) -> None:
        """Count a check as one test."""
        if problems:
            self.failed += 1
            say(f"FAILED {title}")
            for problem in problems[:40]:
                say(f"    {problem}")
            if len(problems) > 40:
                say(f"    … and {len(problems) - 40} more")
            self.notes.append(f"{title}: {len(problems)} problem(s)")
        else:
            self.passed += 1
            say(f"passed {title}")


def run(
    arguments: list[str | Path], environment: dict[str, str], folder: Path, title: str
) -> Outcome:
    """Run pytest; show its output when it fails.

    :param folder: for output and report
    """
    output, report = folder / "pytest.txt", folder / "junit.xml"
    command = [PYTEST, *OPTIONS, f"--junitxml={report}", *arguments]
    with (
        output.open("w", encoding="utf-8") as stream,
        processes.child(
            command, title, signal.SIGINT,
            cwd=paths.ROOT, env=environment, stdout=stream, stderr=subprocess.STDOUT,
        ) as process,
    ):  # fmt: skip
        late = not watch(process, output, title)
    outcome = count(report)
    text = output.read_text(encoding="utf-8", errors="replace")
    code = process.returncode
    if code in (0, NOTHING_COLLECTED):
        say("    " + (text.strip().splitlines() or ["no output"])[-1])
        return outcome
    say(excerpt(text))
    outcome.notes += [line for line in text.splitlines() if SUMMARY.match(line)]
    if late:
        outcome.notes.append(
            f"{title}: not done after {minutes_allowed()} minutes and killed; "
            f"what every thread did then is at the end of {output}"
        )
    elif not outcome.notes:
        outcome.notes.append(f"{title}: pytest ended with code {code}, see {output}")
    outcome.failed = outcome.failed or 1
    return outcome


def minutes_allowed() -> int:
    """What one process may take; TEST_MINUTES raises it on a slow machine."""
    return int(os.environ.get("TEST_MINUTES") or 40)


def is_late(started: float) -> bool:
    return time.monotonic() - started > 60 * minutes_allowed()


def watch(process: subprocess.Popen, output: Path, title: str) -> bool:
    """Wait for a process and say how far it is.

    :return: False when it had to be killed; it wrote down what its threads did
    """
    started, progress = time.monotonic(), Progress()
    while not is_late(started):
        try:
            process.wait(1)
            return True
        except subprocess.TimeoutExpired:
            done = DONE.findall(output.read_text(encoding="utf-8", errors="replace"))
            if done:
                progress.at(f"{title}: {done[-1][0]} of {done[-1][1]} tests")
    say(f"{title}: not done after {minutes_allowed()} minutes, killing it")
    process.send_signal(signal.SIGABRT)  # pytest's faulthandler writes all stacks
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
    return False


def excerpt(text: str, limit: int = 400) -> str:
    """The end of a long output."""
    lines = text.splitlines()
    if len(lines) <= limit:
        return text
    return "\n".join([f"… {len(lines) - limit} lines before", *lines[-limit:]])


# ------------------------------------------------------------- the report


def cases(report: Path) -> Iterable[ET.Element]:
    return ET.parse(report).iter("testcase") if report.exists() else ()


def count(report: Path) -> Outcome:
    """Read pytest's JUnit report."""
    outcome = Outcome()
    if not report.exists():
        return outcome
    for suite in ET.parse(report).iter("testsuite"):
        tests, failures, errors, skipped = (
            int(suite.get(name) or 0)
            for name in ("tests", "failures", "errors", "skipped")
        )
        outcome.failed += failures + errors
        outcome.skipped += skipped
        outcome.passed += max(0, tests - failures - errors - skipped)
    for case in cases(report):
        outcome.files.add(case.get("file", ""))
        skip = case.find("skipped")
        if skip is not None:
            name = f"{case.get('classname')}::{case.get('name')}"
            outcome.skips.append(f"{name}: {skip.get('message') or 'no reason'}")
    return outcome


def durations(report: Path) -> dict[str, float]:
    """Seconds of every test file."""
    seconds: dict[str, float] = {}
    for case in cases(report):
        name = case.get("file", "")
        seconds[name] = seconds.get(name, 0) + float(case.get("time") or 0)
    return seconds


def unexplained(skips: list[str], allowlist: Path) -> list[str]:
    """Skipped tests that no line of the list allows."""
    allowed = logcheck.parse_allowlist(allowlist.read_text(encoding="utf-8"))
    return [s for s in skips if not any(item.pattern.search(s) for item in allowed)]


def uncollected(files: Iterable[Path], outcome: Outcome) -> list[str]:
    """Test files none of whose tests ran."""
    names = [str(path.relative_to(paths.ROOT)) for path in files]
    return [f"{name}: no test" for name in names if name not in outcome.files]
