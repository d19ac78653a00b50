"""Sharding, counting and hashing of the test run."""

import os

import pytest
from school_meal_tools import content_hash, lint, paths, postgres, testing

REPORT = """<testsuites><testsuite tests="9" failures="1" errors="2" skipped="3">
</testsuite></testsuites>"""


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
    outcome = testing.count(report)
    assert (outcome.passed, outcome.failed, outcome.skipped) == (3, 3, 3)


def test_a_run_without_a_report_counts_nothing(tmp_path):
    assert testing.count(tmp_path / "junit.xml").passed == 0


def test_a_database_does_not_depend_on_tests_or_caches(tmp_path):
    for name in ("models/a.py", "tests/test_a.py", "static/tests/t.js", "i18n/a.pot"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    names = [path.name for path in content_hash.relevant_files(tmp_path)]
    assert names == ["a.py"]


def test_a_moved_file_changes_the_hash(tmp_path):
    first = tmp_path / "a.xml"
    first.write_text("<odoo/>")
    before = content_hash.files_hash([first])
    second = first.rename(tmp_path / "b.xml")
    assert content_hash.files_hash([second]) != before


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


def test_only_clones_of_dead_processes_are_forgotten():
    class Fake:
        dropped = []

        def names(self):
            alive, dead = os.getpid(), 2**22 + 1  # above the kernel's highest pid
            return [
                f"school_meal_test_{alive}_1",
                f"school_meal_test_{dead}_1",
                f"school_meal_box_{dead}_ab12",
                "school_meal_demo",
            ]

        def drop(self, name):
            self.dropped.append(name)

    testing.forget_abandoned(Fake())
    assert [name.split("_")[2] for name in Fake.dropped] == ["test", "box"]
