"""What every benchmark gets: a database of its own, servers, and the baseline."""

import os
import re
import shutil
import subprocess
import tempfile
import time
import uuid
from functools import cached_property
from pathlib import Path

from school_meal_tools import postgres, template
from school_meal_tools.database import clone_name
from school_meal_tools.server import Server

from tests.support.odoo_server import OdooServer

#: Size of pgbench's TPC-B tables: 1,000,000 accounts.
TPCB_SCALE = 10


class Context:
    """One run of one benchmark.

    `env` is a superuser's environment on a fresh clone of a database with every
    add-on; `server()` serves the same database by real processes.
    """

    def __init__(self, name):
        self.server_address = Server.from_environment()
        self.database = clone_name(
            "bench", f"{name}_{uuid.uuid4().hex[:6]}", self.server_address.suffix
        )
        self.folder = Path(tempfile.mkdtemp(prefix="school-meal-bench-"))
        self.servers = []

    def __enter__(self):
        bench = template.build(self.server_address, "bench")
        self.databases = bench.databases
        self.databases.clone(bench.template, self.database)
        return self

    def __exit__(self, *exception):
        for server in self.servers:
            server.stop()
        if "env" in self.__dict__:
            import odoo

            self.env.cr.close()
            odoo.sql_db.close_all()
        self.databases.drop(self.database)
        shutil.rmtree(self.folder, ignore_errors=True)

    @cached_property
    def env(self):
        """An environment whose cursor stays open; benchmarks commit it."""
        import odoo
        from odoo import api

        cursor = odoo.modules.registry.Registry(self.database).cursor()
        return api.Environment(cursor, odoo.api.SUPERUSER_ID, {})

    def load_odoo(self):
        """Configure Odoo in this process, so that the add-ons can be imported."""
        from odoo.modules.module import initialize_sys_path
        from odoo.tools import config as settings

        config = self.folder / "odoo.conf"
        lines = {
            "db_host": self.server_address.host,
            "db_port": self.server_address.port,
            "db_user": self.server_address.user,
            "addons_path": Path(__file__).parents[1] / "addons",
            "data_dir": self.databases.data_dir,
            "http_interface": "127.0.0.1",
            "log_level": "warn",
        }
        config.write_text(
            "[options]\n" + "".join(f"{k} = {v}\n" for k, v in lines.items())
        )
        settings.parse_config(["-c", str(config)], setup_logging=True)
        initialize_sys_path()

    def server(self, workers=2, **options):
        """Start a prefork server on this benchmark's database."""
        os.environ["SCHOOL_MEAL_DATA_DIR"] = str(self.databases.data_dir)
        server = OdooServer(
            self.folder,
            number=len(self.servers),
            workers=workers,
            database=self.database,
            options=options.items(),
        )
        self.servers.append(server)
        server.start()
        return server

    # === BASELINE === #

    @cached_property
    def _tpcb(self):
        """A database with pgbench's tables, dropped with the cluster only."""
        name = f"school_meal_tpcb{self.server_address.suffix}_{TPCB_SCALE}"
        if not self.databases.exists(name):
            self._program("createdb", name)
            self._program("pgbench", "-i", "-q", "-s", str(TPCB_SCALE), name)
        return name

    def pgbench(self, clients, seconds):
        """Transactions per second of the TPC-B-like script with so many clients."""
        output = self._program(
            "pgbench", "-n", "-c", str(clients), "-j", str(min(clients, 2)),
            "-T", str(seconds), self._tpcb,
        )  # fmt: skip
        return float(re.search(r"tps = ([\d.]+)", output).group(1))

    def _program(self, program, *arguments):
        user = postgres.ensure_system_user() if os.geteuid() == 0 else None
        return subprocess.run(
            [postgres.binaries(user) / program, *arguments],
            env={**os.environ, **self.server_address.environment()},
            check=True,
            capture_output=True,
            text=True,
            cwd="/",
        ).stdout


def scaled(number, least=1):
    """A size, made smaller by SCHOOL_MEAL_BENCH_SCALE (1 by default) for a quick try.

    Figures of a scaled run say that a benchmark works, not how fast anything is.
    """
    scale = float(os.environ.get("SCHOOL_MEAL_BENCH_SCALE") or 1)
    return max(least, round(number * scale))


def timed(function, *arguments):
    """Return (seconds, result)."""
    started = time.perf_counter()
    result = function(*arguments)
    return time.perf_counter() - started, result


def row(name, value, unit, baseline=None, ratio=None):
    """A result; numbers are rounded to four digits that say something."""
    return {
        "name": name,
        "value": _short(value),
        "unit": unit,
        "baseline": _short(baseline),
        "ratio": _short(ratio),
    }


def _short(number):
    if number is None:
        return None
    return float(f"{number:.4g}") if abs(number) < 10_000 else round(number)
