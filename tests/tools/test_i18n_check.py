"""The completeness check of translations."""

import polib
import pytest
from school_meal_tools import i18n_check


def catalogue(*entries):
    result = polib.POFile()
    result.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    for msgid, msgstr, *flags in entries:
        result.append(polib.POEntry(msgid=msgid, msgstr=msgstr, flags=flags))
    return result


@pytest.fixture
def russian(tmp_path):
    def save(*entries):
        path = tmp_path / "ru.po"
        catalogue(*entries).save(str(path))
        return path

    return save


TEMPLATE = catalogue(("Card", ""), ("%(name)s owes {sum}", ""))


def test_a_complete_translation_has_no_problem(russian):
    path = russian(("Card", "Карта"), ("%(name)s owes {sum}", "{sum}: %(name)s"))
    assert i18n_check.check(TEMPLATE, path) == []


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (("Other", "Иное"), "missing"),
        (("Card", ""), "not translated"),
        (("Card", "Карта", "fuzzy"), "fuzzy"),
    ],
)
def test_an_unfinished_term_is_named(russian, entry, problem):
    path = russian(entry, ("%(name)s owes {sum}", "%(name)s: {sum}"))
    assert i18n_check.check(TEMPLATE, path) == [f"{problem}: 'Card'"]


def test_a_lost_placeholder_is_a_problem(russian):
    path = russian(("Card", "Карта"), ("%(name)s owes {sum}", "%(name)s должен"))
    (problem,) = i18n_check.check(TEMPLATE, path)
    assert problem.startswith("placeholders differ")


def test_a_missing_file_is_a_problem(tmp_path):
    assert len(i18n_check.check(TEMPLATE, tmp_path / "ru.po")) == 1


def test_merging_keeps_translations_adds_new_terms_drops_old_ones(russian):
    path = russian(("Card", "Карта"), ("Gone", "Ушло"))
    merged = {e.msgid: e.msgstr for e in i18n_check.merge(TEMPLATE, path)}
    assert merged == {"Card": "Карта", "%(name)s owes {sum}": ""}
