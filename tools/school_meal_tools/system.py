"""What the machine must have before anything is downloaded."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from .console import Failure, run, say, step

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Without a font the browser draws no Russian text in screenshots.
BROWSER_PACKAGES = ("chromium", "fonts-dejavu-core")
OTHER_SYSTEMS = (
    "On a system without Debian's apt either give Odoo 19 yourself\n"
    "  make run ODOO_SOURCE=/path/to/odoo   (git checkout, unpacked package or .deb)\n"
    "or use containers: docker/compose.yaml"
)


def is_root() -> bool:
    return os.geteuid() == 0


def has_apt() -> bool:
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


def without_debian(release: Path = Path("/etc/os-release")) -> str:
    """Why Debian's archive cannot be used here; empty when it can."""
    if not has_apt():
        return "There is no apt-get here."
    text = release.read_text(encoding="utf-8") if release.exists() else ""
    values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    names = f"{values.get('ID', '')} {values.get('ID_LIKE', '')}".replace('"', "")
    if "ubuntu" in names.split():
        return "It is taken from Debian's archive (suite sid); Ubuntu's has no Odoo 19."
    return ""


def apt_advice(*packages: str) -> str:
    """How to get system packages on this machine."""
    if has_apt():
        return f"as root: apt-get install --no-install-recommends {' '.join(packages)}"
    return f"install {', '.join(packages)} with your system's package manager"


def check_basics() -> None:
    """Stop early, with advice, when git or venv is missing."""
    if not shutil.which("git"):
        raise Failure(f"git is missing; {apt_advice('git')}")
    if not importlib.util.find_spec("ensurepip"):
        raise Failure(
            f"Python's venv module is incomplete; {apt_advice('python3-venv')}"
        )


def find_browser() -> str | None:
    """Path of a Chromium, None when there is none."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def ensure_browser(*, required: bool) -> None:
    """Install Chromium when root, else say how to.

    :param required: without it the browser tests cannot run: stop
    """
    if find_browser():
        return
    advice = "Chromium is missing (browser tests need it); " + apt_advice(
        *BROWSER_PACKAGES
    )
    if not (is_root() and has_apt()):
        if required:
            raise Failure(advice)
        say(f"    note: {advice}")
        return
    with step("Installing Chromium with apt-get (browser tests)"):
        apt_install(*BROWSER_PACKAGES)


def apt_install(*packages: str) -> None:
    """Install system packages; root only."""
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    first = subprocess.run(command, capture_output=True, env=environment)
    if first.returncode:  # lists may be absent or old
        run(["apt-get", "update"], env=environment)
        run(command, env=environment)


def readable_by_others(path: Path) -> bool:
    """Can another system user reach this path?"""
    return all(
        folder.stat().st_mode & 0o001
        for folder in [path, *path.parents]
        if folder.exists()
    )
