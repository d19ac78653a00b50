"""Odoo configuration files and calls of the Odoo command."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from . import paths, processes
from .console import Failure, Progress, clean_environment
from .server import Server

# Threaded Odoo restarts itself when a request outlives this many seconds.
PATIENCE = 900
MODULE = re.compile(r"Loading module (\w+ \(\d+/\d+\))")
STEP = re.compile(r" odoo\.addons\.school_meal_demo\S*: (.+)")


def write_config(
    path: Path, server: Server, data_dir: Path, database: str, **options
) -> Path:
    """Write a configuration file for one database.

    :param options: further options, they win over the defaults
    """
    values = {
        "db_host": server.host,
        "db_port": server.port,
        "db_user": server.user,
        "db_name": database,
        "dbfilter": f"^{database}$",
        "list_db": False,
        "addons_path": paths.ADDONS,
        "data_dir": data_dir,
        "http_interface": "127.0.0.1",
        "limit_time_real": PATIENCE,
        "limit_time_cpu": PATIENCE,
        "without_demo": True,
    }
    values.update(options)
    lines = [f"{name} = {value}" for name, value in values.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[options]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def install(
    config: Path, database: str, log: Path, *,
    new: Iterable[str] = (), changed: Iterable[str] = (),
) -> None:  # fmt: skip
    """Install and upgrade add-ons, Russian loaded, then stop."""
    command: list[str | Path] = [paths.ODOO_COMMAND, "-c", config, "-d", database]
    command += ["--no-http", "--stop-after-init", "--load-language", "ru_RU"]
    for option, names in (("-i", list(new)), ("-u", list(changed))):
        if names:
            command += [option, ",".join(names)]
    execute(command, "Odoo could not install the add-ons", log, MODULE)


def script(config: Path, database: str, name: str, *, log: Path, **values) -> None:
    """Run ``odoo_scripts/<name>.py`` inside ``odoo shell``.

    :param log: file that its output and Odoo's warnings are added to
    :param values: JSON values, seen by the script as the dict ``ARGUMENTS``
    """
    source = Path(__file__).parent / "odoo_scripts" / f"{name}.py"
    command = [paths.ODOO_COMMAND, "shell", "-c", config, "-d", database]
    command += ["--no-http", "--log-level=warn"]
    command += ["--log-handler=odoo.addons.school_meal_demo:INFO"]  # its progress
    with tempfile.TemporaryFile("w+", encoding="utf-8") as text:
        text.write(f"import json\nARGUMENTS = json.loads({json.dumps(values)!r})\n")
        text.write(source.read_text(encoding="utf-8"))
        text.seek(0)
        execute(command, f"{source.name} failed", log, STEP, stdin=text)


def execute(
    command: list[str | Path], failure: str, log: Path, pattern: re.Pattern, **options
) -> None:
    """Run Odoo with its output added to a log; say what the pattern finds there."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as stream:
        start = log.stat().st_size
        with processes.child(
            command, "Odoo", env=clean_environment(),
            stdout=stream, stderr=subprocess.STDOUT, **options,
        ) as process:  # fmt: skip
            follow(process, log, start, pattern)
    if process.returncode:
        tail = "\n".join(added(log, start).splitlines()[-40:])
        raise Failure(f"{failure}:\n{tail}\nWhole log: {log}")


def follow(
    process: subprocess.Popen, log: Path, start: int, pattern: re.Pattern
) -> None:
    """Wait for a process and say how far it is."""
    progress = Progress()
    while True:
        try:
            process.wait(0.5)
            return
        except subprocess.TimeoutExpired:
            if found := pattern.findall(added(log, start)):
                progress.at(found[-1])


def added(log: Path, start: int) -> str:
    """What was written to a log since it had this size."""
    with log.open("rb") as stream:
        stream.seek(start)
        return stream.read().decode("utf-8", errors="replace")
