"""Where things are.  Nothing here touches the disk."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"
TOOLS = ROOT / "tools"
EDGE = ROOT / "edge"
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
ODOO_COMMAND = VENV / "bin" / "odoo"
VAR = ROOT / ".var"
ODOO_LOCK = TOOLS / "odoo.lock"
REQUIREMENTS = (ROOT / "requirements.txt", ROOT / "requirements-dev.txt")


def cache_dir() -> Path:
    """Folder shared by all checkouts of one user."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "school-meal"


def checkout_key() -> str:
    """Short name of this checkout, for places outside it."""
    return hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]


def addon_names() -> list[str]:
    """Every add-on of the repository, sorted."""
    return sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))
