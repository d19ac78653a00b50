"""The checkout's virtual environment."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from . import paths, processes
from .console import Failure, run, say, step

STAMP = paths.VENV / ".stamp"
# pip repeats these for every configured but absent folder of wheels
NOISE = re.compile(r"WARNING: Location .* is ignored: it is neither|\[notice\]")
LAUNCHER = """\
#!{python}
import sys
from odoo.cli import main
sys.exit(main())
"""


def ensure(odoo_folder: Path) -> None:
    """Create or refresh ``.venv``; does nothing when the locks did not change."""
    wanted = fingerprint(odoo_folder)
    if STAMP.exists() and STAMP.read_text() == wanted and works():
        return
    STAMP.unlink(missing_ok=True)
    if not works():
        with step("Creating the virtual environment .venv"):
            shutil.rmtree(paths.VENV, ignore_errors=True)
            run([sys.executable, "-m", "venv", paths.VENV])
    with step("Installing the Python packages of requirements*.txt"):
        install()
    link_odoo(odoo_folder)
    STAMP.write_text(wanted)


def is_complete() -> bool:
    """Was it ever finished?  An interrupted setup leaves a part of it."""
    return STAMP.exists() and paths.VENV_PYTHON.exists()


def fingerprint(odoo_folder: Path) -> str:
    digest = hashlib.sha256()
    for path in paths.REQUIREMENTS:
        digest.update(path.read_bytes())
    digest.update(
        f"{paths.VENV}\n{paths.EDGE}\n{odoo_folder}\n{sys.version_info[:2]}".encode()
    )
    return digest.hexdigest()


def works() -> bool:
    if not paths.VENV_PYTHON.exists():
        return False
    command = [str(paths.VENV_PYTHON), "-c", "import pip"]
    return subprocess.run(command, capture_output=True).returncode == 0


def install(requirements: Iterable[Path] = paths.REQUIREMENTS) -> None:
    """pip install of lock files, without its repeated warnings."""
    command = [str(paths.VENV_PYTHON), "-m", "pip", "install", "--quiet"]
    # Python compiles a module when it is first used, most never are
    command += ["--disable-pip-version-check", "--no-input", "--no-compile"]
    for path in requirements:
        command += ["-r", str(path)]
    with processes.child(
        command, "pip", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout:
            if not NOISE.search(line) and line.strip():
                say(f"    {line.rstrip()}")
        code = process.wait()
    if code:
        raise Failure(
            "pip could not install the packages (see above). "
            "Check the network and run the command again."
        )


def link_odoo(odoo_folder: Path) -> None:
    """Put Odoo on the environment's path and make ``.venv/bin/odoo``."""
    site = next(paths.VENV.glob("lib/python3*/site-packages"))
    (site / "odoo-19.pth").write_text(f"{odoo_folder}\n")
    (site / "school-edge.pth").write_text(f"{paths.EDGE}\n")
    paths.ODOO_COMMAND.write_text(LAUNCHER.format(python=paths.VENV_PYTHON))
    paths.ODOO_COMMAND.chmod(0o755)
