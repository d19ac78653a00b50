"""``make run``: the demo database and a server until Ctrl-C."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
from pathlib import Path

from . import content_hash, odoo_config, paths, postgres
from .console import Failure, clean_environment, say, step
from .database import Databases

DATABASE = "school_meal_demo"
UNFINISHED = f"{DATABASE}_unfinished"
DATA_DIR = paths.VAR / "data-run"
HOME = paths.VAR / "run"
CONFIG = HOME / "odoo.conf"
LOGINS = HOME / "logins.json"
HASHES = HOME / "addons.json"
PID = HOME / "odoo.pid"


def run() -> int:
    """Prepare, print who can log in, serve."""
    port = int(os.environ.get("PORT") or 8069)
    check_port(port)
    server = postgres.connect_to("run")
    try:
        databases = Databases(server, DATA_DIR)
        prepare(server, databases)
        odoo_config.write_config(
            CONFIG, server, DATA_DIR, DATABASE, http_port=port, max_cron_threads=1
        )
        announce(port)
        return serve()
    finally:
        server.release()


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Failure(
                f"Port {port} is taken (is another `make run` serving?). "
                f"Choose one: make run PORT={port + 10}"
            ) from None


def prepare(server: postgres.Server, databases: Databases) -> None:
    """Create the demo database, or bring it up to the code."""
    config = odoo_config.write_config(HOME / "setup.conf", server, DATA_DIR, UNFINISHED)
    if databases.exists(DATABASE):
        upgrade(config)
        return
    databases.drop(UNFINISHED)  # left by an interrupted first start
    hashes = content_hash.addon_hashes()
    with step("Installing the add-ons into a new demo database (a few minutes)"):
        odoo_config.install(
            config, UNFINISHED, HOME / "install.log", new=paths.addon_names()
        )
        odoo_config.script(config, UNFINISHED, "prepare")
    with step("Generating the demo: schools, students, three weeks of history"):
        write_logins(config, UNFINISHED, generate=True)
    databases.rename(UNFINISHED, DATABASE)
    save_hashes(hashes)


def upgrade(config: Path) -> None:
    """Install new add-ons and upgrade those whose content changed."""
    hashes = content_hash.addon_hashes()
    before = json.loads(HASHES.read_text()) if HASHES.exists() else {}
    new = [name for name in hashes if name not in before]
    changed = [n for n in hashes if n in before and hashes[n] != before[n]]
    if not new and not changed and LOGINS.exists():
        return
    with step(f"Upgrading the demo database: {', '.join(new + changed) or 'logins'}"):
        if new or changed:
            odoo_config.install(
                config, DATABASE, HOME / "install.log", new=new, changed=changed
            )
        write_logins(config, DATABASE, generate=False)
    save_hashes(hashes)


def write_logins(config: Path, database: str, *, generate: bool) -> None:
    odoo_config.script(config, database, "demo", generate=generate, logins=str(LOGINS))


def save_hashes(hashes: dict[str, str]) -> None:
    partial = HASHES.with_suffix(".partial")
    partial.write_text(json.dumps(hashes, indent=1))
    partial.replace(HASHES)


def announce(port: int) -> None:
    """One line per role."""
    base = f"http://127.0.0.1:{port}"
    rows = [
        (
            f"{login['role']}: {login['purpose']}",
            base + login.get("path", "/odoo"),
            login["login"],
            login["password"],
        )
        for login in json.loads(LOGINS.read_text(encoding="utf-8"))
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    say(f"\nSchool meals at {base} (Ctrl-C stops it; log: {HOME / 'odoo.log'})\n")
    for row in rows:
        cells = zip(row, widths, strict=True)
        say("  " + "  ".join(cell.ljust(width) for cell, width in cells).rstrip())
    say("")


def serve() -> int:
    """Odoo in one process with threads: websockets work without a proxy."""
    command = [str(paths.ODOO_COMMAND), "-c", str(CONFIG)]
    with (HOME / "odoo.log").open("a") as log:
        process = subprocess.Popen(
            command, env=clean_environment(), stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    PID.write_text(str(process.pid))
    handlers = {s: signal.signal(s, lambda *_: stop(process)) for s in
                (signal.SIGINT, signal.SIGTERM)}  # fmt: skip
    try:
        code = process.wait()
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        PID.unlink(missing_ok=True)
    say("Stopped.")
    if code > 0:
        tail = (HOME / "odoo.log").read_text(errors="replace").splitlines()[-20:]
        raise Failure(f"Odoo ended with code {code}:\n" + "\n".join(tail))
    return 0


def stop(process: subprocess.Popen) -> None:
    say("Stopping Odoo…")
    process.send_signal(signal.SIGTERM)


def stop_running() -> None:
    """Stop the server an earlier ``make run`` of this checkout started."""
    if not PID.exists():
        return
    pid = int(PID.read_text() or 0)
    with contextlib.suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
        if str(CONFIG) in command:  # the pid is still ours
            say(f"==> Stopping Odoo (process {pid})")
            os.kill(pid, signal.SIGTERM)
            wait_gone(pid)
    PID.unlink(missing_ok=True)


def wait_gone(pid: int) -> None:
    import psutil

    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(30)


def reset() -> None:
    """Delete the demo database."""
    stop_running()
    server = postgres.connect_to("run")
    try:
        databases = Databases(server, DATA_DIR)
        with step("Deleting the demo database"):
            databases.drop(DATABASE)
            databases.drop(UNFINISHED)
        HASHES.unlink(missing_ok=True)
    finally:
        server.release()


def shell() -> int:
    """``odoo shell`` on the demo database."""
    server = postgres.connect_to("run")
    try:
        prepare(server, Databases(server, DATA_DIR))
        odoo_config.write_config(CONFIG, server, DATA_DIR, DATABASE)
        command = [paths.ODOO_COMMAND, "shell", "-c", CONFIG, "--no-http"]
        return subprocess.run(command, env=clean_environment()).returncode
    finally:
        server.release()


def bench(names: list[str]) -> int:
    """Run the benchmarks on the cluster that keeps its data safe."""
    if not (paths.ROOT / "benchmarks" / "__main__.py").exists():
        raise Failure("There are no benchmarks yet (benchmarks/__main__.py).")
    server = postgres.connect_to("run")
    try:
        config = odoo_config.write_config(
            paths.VAR / "bench" / "odoo.conf", server, paths.VAR / "data-bench",
            "school_meal_bench",
        )  # fmt: skip
        environment = clean_environment(**server.environment(), ODOO_RC=str(config))
        command = [str(paths.VENV_PYTHON), "-m", "benchmarks", *names]
        return subprocess.run(command, cwd=paths.ROOT, env=environment).returncode
    finally:
        server.release()
