"""``make test``: template database, clones, pytest, black-box tests, linters."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from . import content_hash, i18n, lint, logcheck, odoo_config, paths, postgres
from .console import Failure, clean_environment, say, step
from .database import Databases

HOME = paths.VAR / "test"
DATA_DIR = paths.VAR / "data-test"
DURATIONS = HOME / "durations.json"
ALLOWLIST = paths.TOOLS / "log_allowlist.txt"
PREFIX = "school_meal_tpl_"
CLONE = re.compile(r"school_meal_(?:test|box)_(\d+)_")
PYTEST = str(paths.VENV / "bin" / "pytest")
NOTHING_COLLECTED = 5
SUMMARY = re.compile(r"^(FAILED|ERROR) \S+::")


@dataclass
class Bench:
    """What tests need: a server and a template database with all add-ons."""

    server: postgres.Server
    databases: Databases
    template: str
    config: Path
    template_log: Path


@dataclass
class Outcome:
    """Counts of one part of the run."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    notes: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.notes += other.notes

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


def run(addon: str = "", expression: str = "") -> int:
    """The whole run, or a quick part when an add-on or expression is given."""
    started = time.monotonic()
    if addon and addon not in paths.addon_names():
        raise Failure(f"ADDON={addon}: there are {', '.join(paths.addon_names())}")
    quick = bool(addon or expression)
    total = Outcome()
    with prepared() as bench:
        logs = [bench.template_log]
        tests, shard_logs = run_addon_tests(bench, addon, expression)
        total.add(tests)
        logs += shard_logs
        if not addon:
            total.add(run_black_box(bench, expression))
        if total.passed + total.failed == 0:
            total.check("tests exist", ["no test was collected"])
        total.check(
            "Odoo's log has no unexplained warning",
            logcheck.check_files(logs, ALLOWLIST),
        )
        if not quick:
            total.check(
                "Russian translation is complete",
                i18n.check(bench.config, bench.template),
            )
    if not quick:
        for title, problems in lint.results():
            total.check(title, problems)
    for note in total.notes:
        say(note if note.startswith(("FAILED", "ERROR")) else f"FAILED {note}")
    minutes = (time.monotonic() - started) / 60
    say(
        f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped "
        f"in {minutes:.1f} min"
    )
    return 1 if total.failed else 0


# ------------------------------------------------------------- the template


@contextmanager
def prepared() -> Iterator[Bench]:
    """Server and template; the server stops afterwards if we started it."""
    server = postgres.connect_to("test")
    try:
        yield build_template(server)
    finally:
        server.release()


def build_template(server: postgres.Server) -> Bench:
    """One database with every add-on, kept until their content changes."""
    databases = Databases(server, DATA_DIR)
    name = PREFIX + content_hash.template_hash()
    config = odoo_config.write_config(HOME / "template.conf", server, DATA_DIR, name)
    log = HOME / f"{name}.log"
    bench = Bench(server, databases, name, config, log)
    forget_abandoned(databases)
    if databases.exists(name) and log.exists():
        return bench
    if not paths.addon_names():
        raise Failure("There are no add-ons in addons/.")
    unfinished = f"{name}_unfinished"
    databases.drop(unfinished)
    log.unlink(missing_ok=True)
    partial_config = odoo_config.write_config(
        HOME / "unfinished.conf", server, DATA_DIR, unfinished
    )
    with step(f"Building the template database: {', '.join(paths.addon_names())}"):
        odoo_config.install(partial_config, unfinished, log, new=paths.addon_names())
        odoo_config.script(partial_config, unfinished, "assets")
    databases.drop(name)
    databases.rename(unfinished, name)
    forget_old_templates(databases, keep=2)
    return bench


def forget_abandoned(databases: Databases) -> None:
    """Drop clones of runs that were killed; the process id is in the name."""
    for name in databases.names():
        match = CLONE.match(name)
        if match and not Path(f"/proc/{match[1]}").exists():
            databases.drop(name)


def forget_old_templates(databases: Databases, keep: int) -> None:
    names = [n for n in databases.names() if n.startswith(PREFIX)]
    for name in names[:-keep]:
        databases.drop(name)
        (HOME / f"{name}.log").unlink(missing_ok=True)


# ------------------------------------------------------------- add-on tests


def run_addon_tests(
    bench: Bench, addon: str, expression: str
) -> tuple[Outcome, list[Path]]:
    """pytest-odoo over the add-ons, in shards on clones of the template."""
    files = [
        path
        for name in ([addon] if addon else paths.addon_names())
        for path in sorted((paths.ADDONS / name).glob("tests/**/test_*.py"))
    ]
    if not files:
        return Outcome(), []
    count = 1 if addon or expression else int(os.environ.get("SHARDS") or 2)
    shards = split(files, weights(files), count)
    with step(f"Add-on tests: {len(files)} files, {len(shards)} process(es)"):
        results: list[Shard] = [
            Shard(bench, number, members, expression)
            for number, members in enumerate(shards, start=1)
        ]
        threads = [threading.Thread(target=shard.run) for shard in results]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    total = Outcome()
    for shard in results:
        total.add(shard.outcome)
    save_durations(results, files)
    return total, [shard.odoo_log for shard in results]


def weights(files: list[Path]) -> dict[Path, float]:
    """Seconds each file took last time, else a guess from its size."""
    known = json.loads(DURATIONS.read_text()) if DURATIONS.exists() else {}
    return {
        path: known.get(str(path.relative_to(paths.ROOT)), guess(path))
        for path in files
    }


def guess(path: Path) -> float:
    browser = 20 if re.search(r"start_tour|browser_js", path.read_text()) else 0
    return path.stat().st_size / 1500 + browser


def split(files: list, weight: dict, count: int) -> list[list]:
    """Deal files into shards of about equal weight, heaviest first.

    >>> split(["a", "b", "c"], {"a": 5, "b": 3, "c": 3}, 2)
    [['a'], ['b', 'c']]
    """
    shards: list[list] = [[] for _ in range(max(1, min(count, len(files))))]
    loads = [0.0] * len(shards)
    for item in sorted(files, key=lambda f: -weight[f]):
        lightest = loads.index(min(loads))
        shards[lightest].append(item)
        loads[lightest] += weight[item]
    return [sorted(shard) for shard in shards if shard]


class Shard:
    """One pytest process on its own clone."""

    def __init__(self, bench: Bench, number: int, files: list[Path], expression: str):
        self.bench = bench
        self.files = files
        self.expression = expression
        self.database = f"school_meal_test_{os.getpid()}_{number}"
        self.folder = HOME / f"shard-{number}"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.odoo_log = self.folder / "odoo.log"
        self.outcome = Outcome()

    def run(self) -> None:
        try:
            self._run()
        except Exception as error:  # a thread must report, not vanish
            self.outcome.check(f"shard on {self.database}", [repr(error)])

    def _run(self) -> None:
        self.bench.databases.clone(self.bench.template, self.database)
        try:
            config = odoo_config.write_config(
                self.folder / "odoo.conf", self.bench.server, DATA_DIR, self.database,
                logfile=self.odoo_log, log_level="warn", screenshots=self.folder,
            )  # fmt: skip
            command = [
                PYTEST, "-q", "-rfE", "--color=no", "--odoo-http",
                f"--odoo-database={self.database}", "--odoo-log-level=warn",
                f"--junitxml={self.folder / 'junit.xml'}",
            ]  # fmt: skip
            if self.expression:
                command += ["-k", self.expression]
            self.outcome = run_pytest(
                [*command, *map(str, self.files)],
                clean_environment(ODOO_RC=str(config)),
                self.folder,
            )
        finally:
            self.bench.databases.drop(self.database)

    def durations(self) -> dict[str, float]:
        """Seconds by module name."""
        report = self.folder / "junit.xml"
        seconds: dict[str, float] = {}
        if report.exists():
            for case in ET.parse(report).iter("testcase"):
                module = case.get("classname", "").rpartition(".")[0]
                seconds[module] = seconds.get(module, 0) + float(case.get("time") or 0)
        return seconds


def save_durations(shards: list[Shard], files: list[Path]) -> None:
    known = json.loads(DURATIONS.read_text()) if DURATIONS.exists() else {}
    measured: dict[str, float] = {}
    for shard in shards:
        measured.update(shard.durations())
    for path in files:
        relative = path.relative_to(paths.ROOT)
        module = ".".join(relative.with_suffix("").parts)
        for name, seconds in measured.items():
            if name and (module.endswith(name) or name.endswith(module[7:])):
                known[str(relative)] = round(seconds + 0.1, 2)
    DURATIONS.write_text(json.dumps(known, indent=1, sort_keys=True))


# ------------------------------------------------------------- black-box tests


def run_black_box(bench: Bench, expression: str) -> Outcome:
    """Plain pytest over ``tests/``; they start their own servers."""
    if not (paths.ROOT / "tests").exists():
        return Outcome()
    folder = HOME / "black-box"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [
        PYTEST, "-q", "-rfE", "--color=no", "-p", "no:odoo", "tests",
        f"--junitxml={folder / 'junit.xml'}",
    ]  # fmt: skip
    if expression:
        command += ["-k", expression]
    environment = clean_environment(
        **bench.server.environment(),
        SCHOOL_MEAL_TEMPLATE=bench.template,
        SCHOOL_MEAL_DATA_DIR=str(DATA_DIR),
        SCHOOL_MEAL_CONFIG=str(bench.config),
    )
    with step("Black-box tests: tests/"):
        return run_pytest(command, environment, folder)


# ------------------------------------------------------------- pytest


def run_pytest(
    command: list[str], environment: dict[str, str], folder: Path
) -> Outcome:
    """Run pytest with its output in a file; show the file when it fails."""
    output = folder / "pytest.txt"
    with output.open("w", encoding="utf-8") as stream:
        code = subprocess.run(
            command, cwd=paths.ROOT, env=environment, stdout=stream,
            stderr=subprocess.STDOUT,
        ).returncode  # fmt: skip
    outcome = count(folder / "junit.xml")
    text = output.read_text(encoding="utf-8", errors="replace")
    if code not in (0, NOTHING_COLLECTED):
        say(excerpt(text))
        outcome.notes += [
            line for line in text.splitlines() if SUMMARY.match(line)
        ] or [f"pytest ended with code {code}, see {output}"]
        outcome.failed = outcome.failed or 1
    else:
        say("    " + (text.strip().splitlines() or ["no output"])[-1])
    return outcome


def excerpt(text: str, limit: int = 400) -> str:
    """The end of a long output."""
    lines = text.splitlines()
    if len(lines) <= limit:
        return text
    return "\n".join([f"… {len(lines) - limit} lines before", *lines[-limit:]])


def count(report: Path) -> Outcome:
    """Read pytest's JUnit report."""
    outcome = Outcome()
    if report.exists():
        for suite in ET.parse(report).iter("testsuite"):
            tests, failures, errors, skipped = (
                int(suite.get(name) or 0)
                for name in ("tests", "failures", "errors", "skipped")
            )
            outcome.failed += failures + errors
            outcome.skipped += skipped
            outcome.passed += max(0, tests - failures - errors - skipped)
    return outcome
