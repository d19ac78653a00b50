"""An Odoo of its own for a black-box test or a benchmark.

>>> from school_meal_tools.instance import Instance      # doctest: +SKIP
>>> with Instance(workers=2) as odoo:                    # doctest: +SKIP
...     requests.get(odoo.url + "/web/login")

The database is a clone of the template ``make test`` built; the environment says
which (``SCHOOL_MEAL_TEMPLATE``, ``SCHOOL_MEAL_DATA_DIR``, ``PGHOST``…).
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

from . import odoo_config, paths
from .console import Failure, clean_environment
from .database import Databases
from .postgres import Server

START_TIMEOUT = 120  # seconds


def server_from_environment() -> Server:
    """The PostgreSQL server ``make test`` or ``make bench`` prepared."""
    try:
        return Server(
            os.environ["PGHOST"],
            os.environ.get("PGPORT", "5432"),
            os.environ["PGUSER"],
        )
    except KeyError as error:
        raise Failure(f"{error} is not set; start this with make test") from None


class Instance:
    """A clone of the template and an Odoo server on it.

    :param workers: 0 for threads in one process; otherwise worker processes
    :param options: further options of the configuration file
    """

    def __init__(self, workers: int = 0, template: str | None = None, **options):
        self.template = template or os.environ["SCHOOL_MEAL_TEMPLATE"]
        self.database = f"school_meal_box_{os.getpid()}_{uuid.uuid4().hex[:8]}"
        self.databases = Databases(
            server_from_environment(), Path(os.environ["SCHOOL_MEAL_DATA_DIR"])
        )
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="school-meal-"))
        self.log = self.folder / "odoo.log"
        self.options = {
            "http_port": self.port,
            "gevent_port": free_port(),
            "workers": workers,
            "max_cron_threads": 0,
            "logfile": self.log,
        } | options
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Instance:
        try:
            self.databases.clone(self.template, self.database)
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception) -> None:
        self.stop()
        self.databases.drop(self.database)

    def start(self) -> None:
        """Serve, and return when the first answer came."""
        config = odoo_config.write_config(
            self.folder / "odoo.conf", self.databases.server,
            self.databases.data_dir, self.database, **self.options,
        )  # fmt: skip
        self.process = subprocess.Popen(
            [str(paths.ODOO_COMMAND), "-c", str(config)],
            env=clean_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # so that its workers can be signalled together
        )
        deadline = time.monotonic() + START_TIMEOUT
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Failure(f"Odoo did not start:\n{self.log_tail()}")
            time.sleep(0.2)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/web/health", timeout=5) as page:
                return page.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Stop the server and its workers; ``SIGKILL`` for a crash."""
        if self.process is None or self.process.poll() is not None:
            return
        if number == signal.SIGKILL:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)

    def log_tail(self, lines: int = 40) -> str:
        if not self.log.exists():
            return "(no log)"
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
