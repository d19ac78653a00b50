"""``make test``: template database, clones, pytest, black-box tests, linters."""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
import time
from pathlib import Path

from . import i18n, lint, logcheck, odoo_config, paths, processes, pytest_run, template
from .console import Failure, clean_environment, say, step
from .database import clone_name
from .pytest_run import Outcome
from .template import Bench

HOME = template.home("test")
DATA_DIR = template.data_dir("test")
DURATIONS = HOME / "durations.json"
ALLOWLIST = paths.TOOLS / "log_allowlist.txt"
SKIPS = paths.TOOLS / "skip_allowlist.txt"
#: Tests that import no add-on.
#: Tests of the edge run event loops of their own. Once a browser test has begun, its
#: driver has one in the main thread until the end: so they go first, here and by name.
BLACK_BOX = (paths.EDGE / "tests", paths.ROOT / "tests")


def run(addon: str = "", expression: str = "") -> int:
    """The whole run, or a quick part when an add-on or expression is given."""
    started = time.monotonic()
    if addon and addon not in paths.addon_names():
        raise Failure(f"ADDON={addon}: there are {', '.join(paths.addon_names())}")
    quick = bool(addon or expression)
    total = Outcome()
    with template.prepared() as bench:
        logs = [bench.template_log]
        for part in (run_addon_tests, run_black_box):
            if addon and part is run_black_box:
                continue
            outcome, part_logs = part(bench, addon, expression)
            total.add(outcome)
            logs += part_logs
        if total.passed + total.failed == 0:
            total.check("tests exist", ["no test was collected"])
        total.check(
            "Odoo's log has no unexplained warning",
            logcheck.check_files(logs, ALLOWLIST),
        )
        if not quick:
            total.check("every test file has a test that ran", empty_files(total))
            total.check(
                "no test is skipped without an allowed reason",
                pytest_run.unexplained(total.skips, SKIPS),
            )
            total.check(
                "Russian translation is complete",
                i18n.check(bench.config, bench.template),
            )
    if not quick:
        for title, problems in lint.results():
            total.check(title, problems)
    for skip in total.skips:
        say(f"skipped {skip}")
    for note in total.notes:
        say(note if note.startswith(("FAILED", "ERROR")) else f"FAILED {note}")
    minutes = (time.monotonic() - started) / 60
    say(
        f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped "
        f"in {minutes:.1f} min"
    )
    return 1 if total.failed else 0


def empty_files(total: Outcome) -> list[str]:
    """Test files, and add-ons, without a test."""
    problems = [
        f"addons/{name}: no file tests/test_*.py"
        for name in paths.addon_names()
        if not addon_files(name)
    ]
    black_box = sorted(path for home in BLACK_BOX for path in home.rglob("test_*.py"))
    if not black_box:
        problems.append("tests/: no file test_*.py")
    files = [path for name in paths.addon_names() for path in addon_files(name)]
    return problems + pytest_run.uncollected([*files, *black_box], total)


# ------------------------------------------------------------- add-on tests


def addon_files(name: str) -> list[Path]:
    return sorted((paths.ADDONS / name).glob("tests/**/test_*.py"))


def run_addon_tests(
    bench: Bench, addon: str, expression: str
) -> tuple[Outcome, list[Path]]:
    """pytest-odoo over the add-ons, in shards on clones of the template."""
    names = [addon] if addon else paths.addon_names()
    files = [path for name in names for path in addon_files(name)]
    if not files:
        return Outcome(), []
    count = 1 if addon or expression else int(os.environ.get("SHARDS") or 2)
    shards = split(files, weights(files), count)
    with step(f"Add-on tests: {len(files)} files, {len(shards)} process(es)"):
        results: list[Shard] = [
            Shard(bench, number, members, expression)
            for number, members in enumerate(shards, start=1)
        ]
        run_together(results)
    total = Outcome()
    for shard in results:
        total.add(shard.outcome)
    save_durations(results)
    return total, [shard.odoo_log for shard in results]


def run_together(shards: list[Shard]) -> None:
    """Each shard in a thread; interrupted, all of them clean up before the end."""
    threads = [threading.Thread(target=shard.run) for shard in shards]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except KeyboardInterrupt:
        say("Stopping the tests…")
        processes.end_all()
        for thread in threads:
            thread.join()
        raise


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
        self.number = number
        self.files = files
        self.expression = expression
        self.database = clone_name("test", str(number), bench.server.suffix)
        self.folder = HOME / f"shard-{number}"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.odoo_log = self.folder / "odoo.log"
        self.report = self.folder / "junit.xml"
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
            arguments = [
                "--odoo-http", f"--odoo-database={self.database}",
                "--odoo-log-level=warn", *self.files,
            ]  # fmt: skip
            if self.expression:
                arguments += ["-k", self.expression]
            self.outcome = pytest_run.run(
                arguments,
                clean_environment(ODOO_RC=str(config)),
                self.folder,
                f"add-on tests, process {self.number}",
            )
        finally:
            self.bench.databases.drop(self.database)


def save_durations(shards: list[Shard]) -> None:
    known = json.loads(DURATIONS.read_text()) if DURATIONS.exists() else {}
    for shard in shards:
        for name, seconds in pytest_run.durations(shard.report).items():
            known[name] = round(seconds + 0.1, 2)
    DURATIONS.write_text(json.dumps(known, indent=1, sort_keys=True))


# ------------------------------------------------------------- black-box tests


def run_black_box(
    bench: Bench, _addon: str, expression: str
) -> tuple[Outcome, list[Path]]:
    """Plain pytest over the folders without add-ons; they start their own servers."""
    folder = HOME / "black-box"
    shutil.rmtree(folder, ignore_errors=True)
    logs = folder / "logs"
    logs.mkdir(parents=True)
    arguments: list[str | Path] = ["-p", "no:odoo", *BLACK_BOX]
    if expression:
        arguments += ["-k", expression]
    environment = clean_environment(
        **bench.server.environment(),
        SCHOOL_MEAL_TEMPLATE=bench.template,
        SCHOOL_MEAL_DATA_DIR=str(DATA_DIR),
        SCHOOL_MEAL_LOGS=str(logs),
    )
    with step("Black-box tests: tests/, edge/tests/"):
        outcome = pytest_run.run(arguments, environment, folder, "black-box tests")
    return outcome, sorted(logs.glob("*.log"))
