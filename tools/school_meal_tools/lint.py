"""``make lint``: every linter, each result counted as one test."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import paths, system
from .console import in_ci, say, step
from .console import run as call

NODE_SOURCE = paths.TOOLS / "js"
NODE_HOME = paths.VAR / "node"
STYLED = ("addons/*.js", "addons/*.xml", "addons/*.scss")
IMPORTED_TRANSLATION = re.compile(
    r"^from odoo(\.tools(\.translate)?)? import (.*, )?_(,|$)", re.MULTILINE
)
PYTHON_FOLDERS = ("addons", "tools", "tests", "benchmarks", "docs/tools", "protocol")


def run() -> int:
    """Print the findings; 1 when there are any."""
    failed = 0
    for title, problems in results():
        say(f"{'FAILED' if problems else 'passed'} {title}")
        for problem in problems:
            say(f"    {problem}")
        failed += bool(problems)
    return 1 if failed else 0


def results() -> Iterator[tuple[str, list[str]]]:
    """(title, findings) of every linter; two run at a time."""
    checks: list[tuple[str, Callable[[], list[str]]]] = [
        ("pylint-odoo, mandatory list", pylint),
        ("ruff check", lambda: ruff("check", "--output-format=concise")),
        ("ruff format", lambda: ruff("format", "--check", "--output-format=concise")),
        ("XML is well-formed", malformed_xml),
        ("translations go through env", careless_translations),
        ("OCA checks of modules", oca_modules),
    ]
    if problem := missing_node():
        if in_ci():
            yield "eslint and prettier", [problem]
        else:
            say(f"    note: {problem}")
    else:
        install_node()
        checks += [("eslint", eslint), ("prettier", prettier)]
    with ThreadPoolExecutor(max_workers=2) as pool:
        futures = [(title, pool.submit(check)) for title, check in checks]
        for title, future in futures:
            yield title, future.result()


def rewrite() -> None:
    """Let the formatters rewrite the files."""
    for arguments in (["check", "--fix-only"], ["format"]):
        subprocess.run([tool("ruff"), *arguments, *python_folders()], cwd=paths.ROOT)
    files = tracked(*STYLED)
    if problem := missing_node():
        say(f"    note: {problem}")
    elif files:
        install_node()
        node_tool("prettier", "--write", "--log-level=warn", *files)


# ------------------------------------------------------------- Python


def ruff(*arguments: str) -> list[str]:
    return findings([tool("ruff"), *arguments, "--quiet", *python_folders()])


def pylint() -> list[str]:
    addons = [str(paths.ADDONS / name) for name in paths.addon_names()]
    if not addons:
        return []
    command = [tool("pylint"), "--rcfile=.pylintrc-mandatory", "--jobs=1"]
    return findings([*command, "--score=n", *addons])


def oca_modules() -> list[str]:
    """The OCA's checks of manifests, XML ids and translation files."""
    manifests = [f"addons/{name}/__manifest__.py" for name in paths.addon_names()]
    if not manifests:
        return []
    problems = findings([tool("oca-checks-odoo-module"), *manifests])
    translations = tracked("addons/*/i18n/*.po")
    if translations:
        problems += findings([tool("oca-checks-po"), *translations])
    return problems


def careless_translations() -> list[str]:
    """``_`` imported where ``self.env._`` knows the language better.

    Controllers have no record at hand, chart templates are evaluated by Odoo.
    """
    return [
        f"{name}: use self.env._ instead of importing _"
        for name in tracked("addons/*.py")
        if "/controllers/" not in name
        and "/template_" not in name
        and IMPORTED_TRANSLATION.search((paths.ROOT / name).read_text("utf-8"))
    ]


def malformed_xml() -> list[str]:
    problems = []
    for name in tracked("*.xml", "*.svg"):
        try:
            ET.parse(paths.ROOT / name)
        except ET.ParseError as error:
            problems.append(f"{name}: {error}")
    return problems


# ------------------------------------------------------------- JavaScript


def eslint() -> list[str]:
    scripts = tracked("addons/*.js")
    return node_tool("eslint", "--max-warnings=0", *scripts) if scripts else []


def prettier() -> list[str]:
    files = tracked(*STYLED)
    return node_tool("prettier", "--list-different", *files) if files else []


def missing_node() -> str:
    """What is missing for them and how to get it; empty when all is there."""
    programs = {"node": "nodejs", "npm": "npm"}
    missing = {n: p for n, p in programs.items() if not shutil.which(n)}
    if missing and system.is_root() and system.has_apt():
        with step(f"Installing {' and '.join(missing)} with apt-get (linters)"):
            system.apt_install(*missing.values())
        missing = {n: p for n, p in programs.items() if not shutil.which(n)}
    if not missing:
        return ""
    return (
        f"JavaScript, XML and SCSS are not checked, {' and '.join(missing)} missing; "
        + system.apt_advice(*missing.values())
    )


def install_node() -> None:
    """Install the locked npm packages into ``.var/node``."""
    lock = (NODE_SOURCE / "package-lock.json").read_text(encoding="utf-8")
    stamp = NODE_HOME / ".stamp"
    if stamp.exists() and stamp.read_text() == lock:
        return
    with step("Installing eslint and prettier"):
        shutil.rmtree(NODE_HOME, ignore_errors=True)
        NODE_HOME.mkdir(parents=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(NODE_SOURCE / name, NODE_HOME)
        command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        call(command, cwd=NODE_HOME)
        stamp.write_text(lock)


def node_tool(name: str, *arguments: str) -> list[str]:
    modules = NODE_HOME / "node_modules"
    environment = dict(os.environ, NODE_PATH=str(modules), NO_COLOR="1")
    return findings([str(modules / ".bin" / name), *arguments], environment)


# ------------------------------------------------------------- helpers


def tool(name: str) -> str:
    return str(paths.VENV / "bin" / name)


def python_folders() -> list[str]:
    return [name for name in PYTHON_FOLDERS if (paths.ROOT / name).exists()]


def tracked(*patterns: str) -> list[str]:
    """Files git knows, or would know, that still exist; vendored ones left out."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--"]
    names = call([*command, *patterns], cwd=paths.ROOT).stdout.splitlines()
    return [
        name
        for name in dict.fromkeys(names)
        if "/static/lib/" not in name and (Path(paths.ROOT) / name).exists()
    ]


def findings(command: list[str], environment: dict | None = None) -> list[str]:
    """Output lines of a linter that is not content."""
    result = subprocess.run(
        command, cwd=paths.ROOT, env=environment, capture_output=True, text=True
    )
    if result.returncode == 0:
        return []
    lines = [line for line in (result.stdout + result.stderr).splitlines() if line]
    return lines or [f"{Path(command[0]).name} ended with code {result.returncode}"]
