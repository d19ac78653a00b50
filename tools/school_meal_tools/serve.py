"""``make run``: the demo database and a server until Ctrl-C."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from psycopg2 import sql

from . import (
    content_hash,
    demo_cache,
    odoo_config,
    paths,
    postgres,
    processes,
    template,
)  # fmt: skip
from .console import Failure, clean_environment, say, step
from .database import Databases
from .server import Server

DATA_DIR = paths.VAR / "data-run"
HOME = paths.VAR / "run"
CONFIG = HOME / "odoo.conf"
LOG = HOME / "odoo.log"
LOCK = HOME / "serve.lock"
#: At the doors of the demo somebody comes or goes this often, on average.
SECONDS_BETWEEN_TAPS = 4


@dataclass
class Demo:
    """The demo database on one server, and what is known of it."""

    server: Server

    def __post_init__(self):
        self.name = f"school_meal_demo{self.server.suffix}"
        self.unfinished = f"{self.name}_unfinished"
        self.databases = Databases(self.server, DATA_DIR)
        self.logins = HOME / f"{self.name}.logins.json"
        self.entrance = HOME / f"{self.name}.entrance.json"
        self.hashes = HOME / f"{self.name}.addons.json"
        self.log = HOME / "install.log"

    @property
    def told(self) -> tuple[Path, Path]:
        """What the demo tells of itself: who may log in, who comes to the doors."""
        return self.logins, self.entrance

    def drop(self) -> None:
        self.databases.drop(self.name)
        self.databases.drop(self.unfinished)
        self.hashes.unlink(missing_ok=True)


def run() -> int:
    """Prepare, print who can log in, serve."""
    port = int(os.environ.get("PORT") or 8069)
    refuse_second()
    check_port(port)
    with processes.exclusive(LOCK, "make run"):
        server = postgres.connect_to("run")
        try:
            demo = Demo(server)
            prepare_alone(demo)
            odoo_config.write_config(
                CONFIG, server, DATA_DIR, demo.name, http_port=port, max_cron_threads=1
            )
            announce(demo, port)
            return serve(demo, port)
        finally:
            server.release()


def refuse_second() -> None:
    """One server per checkout: a second would share its configuration and log."""
    for pid, title in processes.recorded().items():
        if title.startswith("make run") and pid != os.getpid():
            raise Failure(
                f"This checkout is served already ({title}, process {pid}); make stop "
                "ends that."
            )


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Failure(
                f"Port {port} is taken by another program. "
                f"Choose one: make run PORT={port + 10}"
            ) from None


def prepare_alone(demo: Demo) -> None:
    with processes.exclusive(HOME / "prepare.lock", "demo database"):
        prepare(demo)


def prepare(demo: Demo) -> None:
    """Create the demo database, or bring it up to the code."""
    config = odoo_config.write_config(
        HOME / "setup.conf", demo.server, DATA_DIR, demo.unfinished
    )
    if demo.databases.exists(demo.name):
        upgrade(demo, config)
        return
    demo.databases.drop(demo.unfinished)  # left by an interrupted first start
    demo.log.unlink(missing_ok=True)
    hashes = current_hashes()
    if not demo_cache.restore(demo.databases, demo.unfinished, demo.told):
        generate(demo, config)
        demo_cache.save(demo.databases, demo.unfinished, demo.told)
    demo.databases.rename(demo.unfinished, demo.name)
    save_hashes(demo, hashes)


def generate(demo: Demo, config: Path) -> None:
    with step("Installing the add-ons into a new demo database (a few minutes)"):
        odoo_config.install(config, demo.unfinished, demo.log, new=paths.addon_names())
        odoo_config.script(config, demo.unfinished, "prepare", log=demo.log)
    with step("Generating the demo: schools, students, three weeks of history"):
        write_logins(demo, config, demo.unfinished, generate=True)


def current_hashes() -> dict[str, str]:
    """What the database must agree with: Odoo itself, and each add-on."""
    return {"base": content_hash.odoo_fingerprint(), **content_hash.addon_hashes()}


def upgrade(demo: Demo, config: Path) -> None:
    """Install new add-ons and upgrade those whose content changed."""
    hashes = current_hashes()
    before = json.loads(demo.hashes.read_text()) if demo.hashes.exists() else {}
    new = [name for name in hashes if name not in before]
    changed = [n for n in hashes if n in before and hashes[n] != before[n]]
    if not before:  # nobody knows what it was made from
        changed = ["base"]
    if not new and not changed and all(path.exists() for path in demo.told):
        return
    names = ", ".join(dict.fromkeys(new + changed)) or "logins"
    with step(f"Upgrading the demo database: {names}"):
        if new or changed:
            odoo_config.install(config, demo.name, demo.log, new=new, changed=changed)
        write_logins(demo, config, demo.name, generate=False)
    save_hashes(demo, hashes)


def write_logins(demo: Demo, config: Path, database: str, *, generate: bool) -> None:
    odoo_config.script(
        config, database, "demo",
        log=demo.log, generate=generate,
        logins=str(demo.logins), entrance=str(demo.entrance),
    )  # fmt: skip


def save_hashes(demo: Demo, hashes: dict[str, str]) -> None:
    partial = demo.hashes.with_suffix(".partial")
    partial.write_text(json.dumps(hashes, indent=1))
    partial.replace(demo.hashes)


def announce(demo: Demo, port: int) -> None:
    """One line per role."""
    base = f"http://127.0.0.1:{port}"
    rows = [
        (
            f"{login['role']}: {login['purpose']}",
            base + login.get("path", "/odoo"),
            login["login"],
            login["password"],
        )
        for login in json.loads(demo.logins.read_text(encoding="utf-8"))
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    say(f"\nSchool meals at {base} (Ctrl-C stops it; log: {LOG})\n")
    for row in rows:
        cells = zip(row, widths, strict=True)
        say("  " + "  ".join(cell.ljust(width) for cell, width in cells).rstrip())
    say("")


def serve(demo: Demo, port: int) -> int:
    """Odoo in one process with threads: websockets work without a proxy."""
    command = [str(paths.ODOO_COMMAND), "-c", str(CONFIG)]
    with (
        LOG.open("a") as log,
        processes.child(
            command, f"Odoo on port {port}",
            env=clean_environment(), stdout=log, stderr=log,
        ) as process,
        living_entrance(demo, port, log),
    ):  # fmt: skip
        try:
            code = process.wait()
        except KeyboardInterrupt:  # Ctrl-C, kill, or a closed terminal
            code = 0
            say("Stopping Odoo…")
    say("Stopped.")
    if code > 0:
        tail = LOG.read_text(errors="replace").splitlines()[-20:]
        raise Failure(f"Odoo ended with code {code}:\n" + "\n".join(tail))
    return 0


@contextlib.contextmanager
def living_entrance(demo: Demo, port: int, log: TextIO) -> Iterator[None]:
    """Controllers and students of the simulator: somebody comes or goes all the time.

    They call the server as real controllers do, and wait until it is up.
    """
    plan = json.loads(demo.entrance.read_text(encoding="utf-8"))
    if not plan.get("controllers"):
        yield
        return
    for controller in plan["controllers"]:
        controller["url"] = f"http://127.0.0.1:{port}{controller.pop('path')}"
    path = HOME / "entrance.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    command = [str(paths.VENV_PYTHON), "-m", "school_edge.simulate", str(path)]
    command += ["--play", "trickle", "--every", str(SECONDS_BETWEEN_TAPS)]
    with processes.child(
        command, "school entrance", env=clean_environment(), stdout=log, stderr=log
    ):
        yield


def reset() -> None:
    """Delete the demo database."""
    processes.stop_recorded()
    server = postgres.connect_to("run")
    try:
        with step("Deleting the demo database"):
            Demo(server).drop()
    finally:
        server.release()


def shell() -> int:
    """``odoo shell`` on the demo database."""
    server = postgres.connect_to("run")
    try:
        demo = Demo(server)
        prepare_alone(demo)
        config = odoo_config.write_config(
            HOME / "shell.conf", server, DATA_DIR, demo.name
        )
        command = [paths.ODOO_COMMAND, "shell", "-c", config, "--no-http"]
        return subprocess.run(command, env=clean_environment()).returncode
    finally:
        server.release()


def bench(names: list[str]) -> int:
    """Run the benchmarks on the cluster that keeps its data safe."""
    server = postgres.connect_to("run")
    try:
        refuse_unsafe(server)
        config = odoo_config.write_config(
            template.home("bench") / "odoo.conf", server, template.data_dir("bench"),
            "school_meal_bench",
        )  # fmt: skip
        environment = clean_environment(**server.environment(), ODOO_RC=str(config))
        command = [paths.VENV_PYTHON, "-m", "benchmarks", *names]
        with processes.child(
            command, "benchmarks", signal.SIGINT, cwd=paths.ROOT, env=environment
        ) as process:
            return process.wait()
    finally:
        server.release()


def refuse_unsafe(server: Server) -> None:
    """Figures of a server that may lose what it acknowledged mean nothing."""
    with Databases(server, DATA_DIR).cursor() as cursor:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(sql.SQL("SHOW {}").format(sql.Identifier(name)))
            (value,) = cursor.fetchone()
            if value in ("off", "local"):
                raise Failure(
                    f"{name} is {value} on this PostgreSQL: a benchmark would "
                    "measure a server that forgets. Switch it on."
                )
