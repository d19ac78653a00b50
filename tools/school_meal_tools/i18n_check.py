"""Comparing the terms Odoo exports with an add-on's translation file."""

from __future__ import annotations

import re
from pathlib import Path

import polib

PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%[sdif]|\{\w*\}|\$\{[^}]*\}")


def check(template: polib.POFile, translation: Path) -> list[str]:
    """What is wrong with a translation: missing, untranslated, fuzzy, broken.

    :param template: terms as Odoo exports them
    """
    if not translation.exists():
        return [f"{translation} does not exist ({len(template)} terms)"]
    known = {entry.msgid: entry for entry in polib.pofile(str(translation))
             if not entry.obsolete}  # fmt: skip
    problems = []
    for term in template:
        entry = known.get(term.msgid)
        if entry is None:
            problems.append(f"missing: {term.msgid!r}")
        elif not entry.msgstr:
            problems.append(f"not translated: {term.msgid!r}")
        elif "fuzzy" in entry.flags:
            problems.append(f"fuzzy: {term.msgid!r}")
        elif placeholders(entry.msgid) != placeholders(entry.msgstr):
            problems.append(f"placeholders differ: {term.msgid!r} → {entry.msgstr!r}")
    return problems


def placeholders(text: str) -> list[str]:
    """Substitutions of a message, in any order.

    >>> placeholders("%(name)s owes {amount}")
    ['%(name)s', '{amount}']
    """
    return sorted(PLACEHOLDER.findall(text))


def merge(template: polib.POFile, translation: Path) -> polib.POFile:
    """New terms in, gone terms out, what is translated stays."""
    if translation.exists():
        result = polib.pofile(str(translation), wrapwidth=78)
    else:
        result = polib.POFile(wrapwidth=78)
        result.metadata = dict(template.metadata, Language="ru")
    result.merge(template)
    for entry in [e for e in result if e.obsolete]:
        result.remove(entry)
    result.metadata["Language"] = "ru"
    result.metadata["Plural-Forms"] = (
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
        "n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
    )
    for name in ("POT-Creation-Date", "PO-Revision-Date"):
        result.metadata.pop(name, None)  # they only make noise in diffs
    return result
