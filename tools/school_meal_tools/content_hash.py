"""What changed since the database was built."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import paths

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


def files_hash(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.name}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def addon_hash(name: str) -> str:
    return files_hash(relevant_files(paths.ADDONS / name))


def addon_hashes() -> dict[str, str]:
    return {name: addon_hash(name) for name in paths.addon_names()}


def template_hash() -> str:
    """Hash of everything the test template is built from."""
    digest = hashlib.sha256()
    for name, value in addon_hashes().items():
        digest.update(f"{name}={value}\n".encode())
    for path in (*paths.REQUIREMENTS, paths.ODOO_LOCK):
        digest.update(path.read_bytes())
    site = next(paths.VENV.glob("lib/python3*/site-packages/odoo-19.pth"))
    digest.update(site.read_bytes())
    return digest.hexdigest()[:12]
