"""The check of Odoo's log."""

import pytest
from school_meal_tools import logcheck, testing

HEAD = "2026-09-01 10:00:00,123 42"
LOG = f"""\
noise before the first record
{HEAD} INFO db odoo.modules: loading
{HEAD} WARNING db odoo.addons.x: careful
{HEAD} ERROR ? odoo.sql_db: bad query
Traceback (most recent call last):
ValueError: boom
""".splitlines()


def test_only_warnings_and_worse_are_complaints():
    found = logcheck.complaints(logcheck.parse_log(LOG), [])
    assert [entry.level for entry in found] == ["WARNING", "ERROR"]


def test_a_traceback_belongs_to_its_record():
    error = logcheck.parse_log(LOG)[-1]
    assert error.text.endswith("ValueError: boom")


def test_an_explained_record_is_not_a_complaint():
    allowed = logcheck.parse_allowlist("bad query.*boom  # known")
    found = logcheck.complaints(logcheck.parse_log(LOG), allowed)
    assert [entry.logger for entry in found] == ["odoo.addons.x"]


@pytest.mark.parametrize("line", ["pattern", "pattern  # ", "  # reason only"])
def test_a_pattern_needs_a_reason(line):
    with pytest.raises(ValueError, match="line 1"):
        logcheck.parse_allowlist(line)


def test_the_allowlist_of_the_repository_can_be_read():
    assert logcheck.parse_allowlist(testing.ALLOWLIST.read_text(encoding="utf-8"))


def test_the_same_complaint_is_shown_once(tmp_path):
    log = tmp_path / "odoo.log"
    log.write_text("\n".join(LOG + LOG[1:]))
    allowlist = tmp_path / "allow.txt"
    allowlist.write_text("")
    assert len(logcheck.check_files([log, tmp_path / "none"], allowlist)) == 2


def test_a_section_is_for_logs_of_that_name_only(tmp_path):
    allowlist = tmp_path / "allow.txt"
    allowlist.write_text("careful  # always\n\n[killed_*]\nbad query  # killed\n")
    for name in ("killed_1.log", "calm_1.log"):
        (tmp_path / name).write_text("\n".join(LOG))
    assert logcheck.check_files([tmp_path / "killed_1.log"], allowlist) == []
    assert len(logcheck.check_files([tmp_path / "calm_1.log"], allowlist)) == 1


def test_refusals_are_answers_in_black_box_tests_and_warnings_elsewhere(tmp_path):
    refused = f"{HEAD} WARNING db odoo.http: You may not delete this."
    crashed = f"{HEAD} WARNING db odoo.http: oops\nTraceback (most recent call last):"
    names = ("test_bad_input.served0-0.log", "odoo.log")
    found = {}
    for name in names:
        for text in (refused, crashed):
            (tmp_path / name).write_text(text)
            problems = logcheck.check_files([tmp_path / name], testing.ALLOWLIST)
            found[name, text] = len(problems)
    assert list(found.values()) == [0, 1, 1, 1]
