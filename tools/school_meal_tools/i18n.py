"""``make i18n`` and the completeness check of the Russian translation."""

from __future__ import annotations

import shutil
from pathlib import Path

import polib

from . import i18n_check, odoo_config, paths
from .console import say, step
from .template import prepared

FOLDER = paths.VAR / "i18n"


def translation(addon: str) -> Path:
    return paths.ADDONS / addon / "i18n" / "ru.po"


def export(config: Path, database: str, addons: list[str]) -> dict[str, polib.POFile]:
    """The terms of add-ons as Odoo's own exporter finds them."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    odoo_config.script(
        config, database, "export_terms",
        log=FOLDER / "export.log", modules=addons, folder=str(FOLDER),
    )  # fmt: skip
    return {
        addon: polib.pofile(str(FOLDER / f"{addon}.pot"), wrapwidth=78)
        for addon in addons
    }


def check(config: Path, database: str) -> list[str]:
    """Problems of every add-on."""
    problems = []
    for addon, template in export(config, database, paths.addon_names()).items():
        found = i18n_check.check(template, translation(addon))
        problems += [f"{addon}: {problem}" for problem in found]
    return problems


def update(names: list[str]) -> int:
    """Export .pot files and merge them into ru.po of the given (or all) add-ons."""
    addons = names or paths.addon_names()
    with prepared() as bench:
        with step("Exporting terms"):
            templates = export(bench.config, bench.template, addons)
        for addon, template in templates.items():
            target = translation(addon)
            target.parent.mkdir(exist_ok=True)
            for name in ("POT-Creation-Date", "PO-Revision-Date"):
                template.metadata.pop(name, None)
            template.save(str(target.with_name(f"{addon}.pot")))
            i18n_check.merge(template, target).save(str(target))
            missing = len(i18n_check.check(template, target))
            say(f"    {addon}: {len(template)} terms, {missing} to translate")
    return 0
