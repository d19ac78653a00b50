"""Odoo configuration files and calls of the Odoo command."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

from . import paths
from .console import Failure, clean_environment, run
from .postgres import Server

# Threaded Odoo restarts itself when a request outlives this many seconds.
PATIENCE = 900


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
    command += [f"--logfile={log}"]
    for option, names in (("-i", list(new)), ("-u", list(changed))):
        if names:
            command += [option, ",".join(names)]
    log.parent.mkdir(parents=True, exist_ok=True)
    process = subprocess.run(
        [str(part) for part in command], env=clean_environment(), text=True,
        capture_output=True,
    )  # fmt: skip
    if process.returncode:
        tail = log.read_text(errors="replace").splitlines() if log.exists() else []
        raise Failure(
            "Odoo could not install the add-ons:\n"
            + "\n".join([*tail[-30:], *process.stderr.splitlines()[-10:]])
            + f"\nWhole log: {log}"
        )


def script(config: Path, database: str, name: str, **values) -> str:
    """Run ``odoo_scripts/<name>.py`` inside ``odoo shell``.

    :param values: JSON values, seen by the script as the dict ``ARGUMENTS``
    :return: what the script printed
    """
    source = Path(__file__).parent / "odoo_scripts" / f"{name}.py"
    prelude = f"import json\nARGUMENTS = json.loads({json.dumps(values)!r})\n"
    command = [paths.ODOO_COMMAND, "shell", "-c", config, "-d", database]
    command += ["--no-http", "--log-level=warn"]
    result = run(
        command,
        input=prelude + source.read_text(encoding="utf-8"),
        env=clean_environment(),
    )
    return result.stdout
