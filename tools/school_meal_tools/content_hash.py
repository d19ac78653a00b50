"""What changed since a database was built."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import paths
from .odoo_source import COMPLETE

IGNORED_SUFFIXES = {".pyc", ".pot", ".md", ".rst"}


def relevant_files(addon: Path) -> Iterator[Path]:
    """Files of an add-on that a database depends on: no tests, no caches."""
    for path in sorted(addon.rglob("*")):
        parts = path.relative_to(addon).parts
        if parts[0] == "tests" or parts[:2] == ("static", "tests"):
            continue
        if "__pycache__" in parts or path.suffix in IGNORED_SUFFIXES:
            continue
        if path.is_file():
            yield path


def files_hash(files: Iterable[Path], base: Path) -> str:
    """Hash of names, relative to a folder, and contents."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(base)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def addon_hash(name: str) -> str:
    folder = paths.ADDONS / name
    return files_hash(relevant_files(folder), folder)


def addon_hashes() -> dict[str, str]:
    return {name: addon_hash(name) for name in paths.addon_names()}


def template_hash() -> str:
    """Hash of everything the test template is built from."""
    digest = hashlib.sha256()
    for name, value in addon_hashes().items():
        digest.update(f"{name}={value}\n".encode())
    # how it is built: options of the installation, scripts that follow it
    here = Path(__file__).parent
    recipe = [here / "odoo_config.py", *sorted(here.glob("odoo_scripts/*.py"))]
    digest.update(files_hash(recipe, here).encode())
    for path in paths.REQUIREMENTS:
        digest.update(path.read_bytes())
    digest.update(odoo_fingerprint().encode())
    return digest.hexdigest()[:12]


def odoo_fingerprint() -> str:
    """Changes when the Odoo in use does; reads no more than a few files."""
    site = next(paths.VENV.glob("lib/python3*/site-packages/odoo-19.pth"))
    return fingerprint(Path(site.read_text(encoding="utf-8").strip()))


def fingerprint(folder: Path) -> str:
    """What an unpacked package or a checkout of Odoo holds, without reading it all.

    A package is told by the list of what was unpacked, a checkout by its commit; the
    times of the add-ons' folders tell of files that came or went.
    """
    digest = hashlib.sha256(str(folder).encode())
    digest.update((folder / "odoo" / "release.py").read_bytes())
    for parent in folder.parents[:4]:
        if (parent / COMPLETE).is_file():
            digest.update((parent / COMPLETE).read_bytes())
            return digest.hexdigest()
    command = ["git", "-C", str(folder), "rev-parse", "HEAD"]
    if (folder / ".git").exists():
        head = subprocess.run(command, capture_output=True)
        digest.update(head.stdout)
    for addons in (folder / "addons", folder / "odoo" / "addons"):
        for path in sorted(addons.glob("*")):
            digest.update(f"{path.name} {path.stat().st_mtime_ns}\n".encode())
    return digest.hexdigest()
