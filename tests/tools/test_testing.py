"""Sharding, counting and hashing of the test run."""

import os
import warnings
from pathlib import Path

import polib
import pytest
from school_meal_tools import (
    content_hash,
    database,
    i18n,
    lint,
    paths,
    postgres,
    pytest_run,
    serve,
    system,
    testing,
)
from school_meal_tools.console import Failure
from school_meal_tools.server import Server

REPORT = """<testsuites><testsuite tests="9" failures="1" errors="2" skipped="3">
<testcase classname="addons.a.tests.test_x.TestX" name="test_it" time="1.5"
 file="addons/a/tests/test_x.py"><skipped message="no browser"/></testcase>
<testcase classname="addons.a.tests.test_x.TestX" name="test_more" time="2"
 file="addons/a/tests/test_x.py"/></testsuite></testsuites>"""


def test_every_file_lands_in_exactly_one_shard_and_loads_are_even():
    weight = {name: 10 - number for number, name in enumerate("abcdefg")}
    shards = testing.split(list(weight), weight, 2)
    assert sorted(sum(shards, [])) == list("abcdefg")
    loads = [sum(weight[name] for name in shard) for shard in shards]
    assert max(loads) - min(loads) <= 3


def test_there_are_never_more_shards_than_files():
    assert testing.split(["a"], {"a": 1}, 4) == [["a"]]


def test_errors_count_as_failures(tmp_path):
    report = tmp_path / "junit.xml"
    report.write_text(REPORT)
    outcome = pytest_run.count(report)
    assert (outcome.passed, outcome.failed, outcome.skipped) == (3, 3, 3)


def test_a_run_without_a_report_counts_nothing(tmp_path):
    assert pytest_run.count(tmp_path / "junit.xml").passed == 0


def test_a_database_does_not_depend_on_tests_or_caches(tmp_path):
    for name in ("models/a.py", "tests/test_a.py", "static/tests/t.js", "i18n/a.pot"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    names = [path.name for path in content_hash.relevant_files(tmp_path)]
    assert names == ["a.py"]


def test_a_moved_file_changes_the_hash(tmp_path):
    first = tmp_path / "a.xml"
    first.write_text("<odoo/>")
    before = content_hash.files_hash([first], tmp_path)
    (tmp_path / "other").mkdir()
    second = first.rename(tmp_path / "other" / "a.xml")
    assert content_hash.files_hash([second], tmp_path) != before


def test_only_the_test_cluster_gives_up_safety():
    assert "fsync" not in postgres.SETTINGS["run"]
    assert "fsync = off" in postgres.SETTINGS["test"]


def test_the_checkout_is_found_from_the_package():
    assert (paths.ROOT / "Makefile").exists()


@pytest.mark.parametrize(
    ("line", "careless"),
    [
        ("from odoo import _", True),
        ("from odoo import _, fields", True),
        ("from odoo import api, _", True),
        ("from odoo.tools.translate import _", True),
        ("from odoo import api, fields", False),
        ("from odoo.tools import _private", False),
        ("        _ = self.env._", False),
    ],
)
def test_importing_the_translation_function_is_seen(line, careless):
    assert bool(lint.IMPORTED_TRANSLATION.search(line)) is careless


def test_only_clones_of_dead_processes_are_abandoned():
    alive, dead = os.getpid(), 2**22 + 1  # above the kernel's highest pid
    names = [
        f"school_meal_test_{alive}_1",
        f"school_meal_test_{dead}_1",
        f"school_meal_box_{dead}_ab12",
        f"school_meal_bench_{dead}_pos_ab12",
        f"school_meal_test_k2345678_{dead}_1",  # of another checkout
        "school_meal_demo",
    ]
    assert database.abandoned(names) == names[1:4]
    assert database.abandoned(names, "_k2345678") == names[4:5]


@pytest.mark.parametrize("kind", database.CLONES)
@pytest.mark.parametrize("suffix", ["", "_k2345678"])
def test_every_clone_is_recognised_when_its_process_is_gone(kind, suffix):
    name = database.clone_name(kind, "ab12", suffix)
    gone = name.replace(str(os.getpid()), str(2**22 + 1))
    assert database.abandoned([name, gone], suffix) == [gone]


def test_skips_files_and_durations_are_read(tmp_path):
    report = tmp_path / "junit.xml"
    report.write_text(REPORT)
    outcome = pytest_run.count(report)
    assert outcome.skips == ["addons.a.tests.test_x.TestX::test_it: no browser"]
    assert outcome.files == {"addons/a/tests/test_x.py"}
    assert pytest_run.durations(report) == {"addons/a/tests/test_x.py": 3.5}


def test_a_skip_needs_an_allowed_reason(tmp_path):
    allowlist = tmp_path / "skips.txt"
    allowlist.write_text("::test_it: no browser  # known\n")
    skips = ["a.T::test_it: no browser", "a.T::test_it: no network", "a.T::test_2: no"]
    assert pytest_run.unexplained(skips, allowlist) == skips[1:]


def test_a_file_without_a_test_is_named():
    outcome = pytest_run.Outcome(files={"tests/tools/test_lock.py"})
    files = [
        paths.ROOT / "tests/tools" / name for name in ("test_lock.py", "test_x.py")
    ]
    assert pytest_run.uncollected(files, outcome) == ["tests/tools/test_x.py: no test"]


def test_a_whole_run_misses_every_file_that_did_not_run():
    problems = testing.empty_files(pytest_run.Outcome())
    here = str(Path(__file__).relative_to(paths.ROOT))
    assert f"{here}: no test" in problems
    for addon in paths.addon_names():
        assert any(line.startswith(f"addons/{addon}/") for line in problems)


def run_pytest(tmp_path, source):
    test = tmp_path / "test_it.py"
    test.write_text(source)
    arguments = [
        "-p",
        "no:odoo",
        "-p",
        "no:cacheprovider",
        f"--rootdir={tmp_path}",
        test,
    ]
    return pytest_run.run([*arguments, test], dict(os.environ), tmp_path, "a try")


def test_a_real_run_tells_the_file_of_each_test(tmp_path):
    outcome = run_pytest(tmp_path, "def test_a(): pass\n")
    assert (outcome.passed, outcome.failed) == (1, 0)
    assert outcome.files == {"test_it.py"}


def test_a_hanging_test_is_killed_and_its_stack_written(tmp_path, monkeypatch):
    monkeypatch.setattr(pytest_run, "is_late", lambda _: (tmp_path / "hangs").exists())
    outcome = run_pytest(
        tmp_path,
        "import pathlib, time\n"
        "def test_a(): wait_for_ever()\n"
        "def wait_for_ever():\n"
        "    pathlib.Path(__file__).with_name('hangs').touch()\n"
        "    time.sleep(600)\n",
    )
    assert outcome.failed == 1
    assert "a try: not done" in outcome.notes[0]
    assert "in wait_for_ever" in (tmp_path / "pytest.txt").read_text()


def test_deprecated_calls_of_the_add_ons_are_errors():
    def call(module):
        warnings.warn_explicit("old", DeprecationWarning, "x.py", 1, module=module)

    with pytest.raises(DeprecationWarning):
        call("odoo.addons.school_meal_base.models.meal_account")
    call("odoo.addons.mail.models.mail_thread")


def test_every_add_on_needs_a_translation(monkeypatch, tmp_path):
    """One without a folder i18n is not passed over."""
    monkeypatch.setattr(i18n.paths, "ADDONS", tmp_path)
    (tmp_path / "school_meal_new").mkdir()
    (tmp_path / "school_meal_new/__manifest__.py").write_text("{}")
    terms = polib.POFile()
    terms.append(polib.POEntry(msgid="Card"))
    monkeypatch.setattr(i18n, "export", lambda *_: {"school_meal_new": terms})
    (problem,) = i18n.check(None, "no database")
    assert problem.startswith("school_meal_new: ") and "does not exist" in problem


def test_missing_node_is_a_failure_only_where_a_machine_reads(monkeypatch, tmp_path):
    monkeypatch.setattr(system, "is_root", lambda: False)
    monkeypatch.setattr(lint.shutil, "which", lambda name: None)
    assert "nodejs npm" in lint.missing_node() or not system.has_apt()
    monkeypatch.setattr(lint, "ruff", lambda *_: [])
    for check in ("pylint", "malformed_xml", "careless_translations", "oca_modules"):
        monkeypatch.setattr(lint, check, list)
    for value, failed in (("true", True), ("", False)):
        monkeypatch.setenv("CI", value)
        problems = dict(lint.results())
        assert bool(problems.get("eslint and prettier")) is failed


def test_a_second_server_of_a_checkout_is_refused(monkeypatch):
    monkeypatch.setattr(serve.processes, "recorded", lambda: {7: "make run"})
    with pytest.raises(Failure, match="process 7.*make stop"):
        serve.refuse_second()


def test_a_demo_of_unknown_origin_is_upgraded_as_a_whole(monkeypatch, tmp_path):
    """Its list of what it was made from is gone."""
    demo = serve.Demo(Server("here", "5432", "odoo"))
    demo.hashes, demo.logins = tmp_path / "addons.json", tmp_path / "logins.json"
    calls = []
    monkeypatch.setattr(serve, "write_logins", lambda *_, **__: None)
    monkeypatch.setattr(
        serve.odoo_config, "install", lambda *_, **options: calls.append(options)
    )
    serve.upgrade(demo, tmp_path / "odoo.conf")
    assert calls[0]["changed"] == ["base"]
    demo.logins.touch()
    serve.upgrade(demo, tmp_path / "odoo.conf")
    assert len(calls) == 1
