"""What the tests with virtual card readers need beside the usual: the PC/SC service, a
virtual reader, and pyscard, which is compiled when there is no wheel of it."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path

from . import paths, python_env, system
from .console import say, step

REQUIREMENTS = paths.ROOT / "requirements-cards.txt"
#: Debian package → a file or command of it.
SERVICE = {
    "pcscd": "/usr/sbin/pcscd",
    "vsmartcard-vpcd": "/usr/lib/pcsc/drivers/serial/libifdvpcd.so",
}
COMPILER = {
    "gcc": "gcc",
    "libc6-dev": "/usr/include/stdio.h",
    "python3-dev": f"{sysconfig.get_path('include')}/Python.h",
    "libpcsclite-dev": "/usr/include/PCSC/winscard.h",
    "swig": "swig",
}


def ensure() -> None:
    """Install what is missing when root, else say how; tests without it are skipped."""
    wanted = SERVICE | ({} if has_pyscard() else COMPILER)
    missing = [name for name, file in wanted.items() if not is_there(file)]
    if missing:
        if not (system.is_root() and system.has_apt()):
            say(
                "    note: without virtual card readers their tests are skipped; "
                + system.apt_advice(*missing)
            )
            return
        with step(f"Installing {', '.join(missing)} (tests of card readers)"):
            system.apt_install(*missing)
    if not has_pyscard():
        with step("Compiling pyscard (tests of card readers)"):
            python_env.install([REQUIREMENTS])


def is_there(file: str) -> bool:
    return bool(shutil.which(file)) or Path(file).exists()


def has_pyscard() -> bool:
    """Is the pinned version in the virtual environment?"""
    pin = REQUIREMENTS.read_text(encoding="utf-8").split()[-1]
    folder = pin.replace("==", "-") + ".dist-info"
    return any(paths.VENV.glob(f"lib/python3*/site-packages/{folder}"))
