"""An Odoo server of one's own: clone of the template, real processes, real sockets."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import uuid
from pathlib import Path

import psutil
import psycopg2
from psycopg2 import sql
from school_meal_tools import paths
from school_meal_tools.database import clone_name
from school_meal_tools.processes import die_with_parent

START_TIMEOUT = 90  # seconds
STOP_TIMEOUT = 30


class OdooServer:
    """A prefork server on loopback, with its own database.

    :param libpq: where PostgreSQL is, as PGHOST, PGPORT, PGUSER
    :param database: serve this existing database and keep it
    :param template: clone this database; by default the one of `make test`
    """

    def __init__(
        self,
        folder,
        *,
        number=0,
        workers=2,
        libpq=None,
        database=None,
        template=None,
        options=(),
    ):
        self.folder = Path(folder)
        self.workers = workers
        self.libpq = libpq or {
            name: os.environ[name] for name in ("PGHOST", "PGPORT", "PGUSER")
        }
        self.owns_database = database is None
        self.database = database or clone_name(
            "box", uuid.uuid4().hex[:8], os.environ.get("SCHOOL_MEAL_SUFFIX", "")
        )
        self.template = template
        self.options = list(options)
        self.port, self.gevent_port = free_port(), free_port()
        self.data_dir = Path(
            os.environ.get("SCHOOL_MEAL_DATA_DIR", self.folder / "data")
        )
        self.log = self._log_file(number)
        self.config = self.folder / f"odoo-{number}.conf"
        self.process = None

    # === LIFE === #

    def start(self):
        """Clone the template if there is no database yet, start, wait for an answer."""
        self.prepare()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(paths.ODOO_COMMAND), "-c", str(self.config)],
                stdout=log,
                stderr=log,
                env={**os.environ, **self.libpq},
                preexec_fn=die_with_parent(),
            )
        self._wait()

    def prepare(self):
        """Clone the template if there is no database yet; enough for `run_script`."""
        if self.owns_database and not self.config.exists():
            self._clone()
        self._write_config()

    def kill_workers(self):
        """Kill the workers the hard way; the master starts new ones."""
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                child.send_signal(signal.SIGKILL)

    def kill(self):
        """Kill master and workers the hard way, all at once."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        for child in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                self.kill()

    def destroy(self):
        """Stop and drop the database."""
        self.stop()
        if self.owns_database:
            with self._maintenance() as cr:
                cr.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                        sql.Identifier(self.database)
                    )
                )
            shutil.rmtree(self.data_dir / "filestore" / self.database, True)

    def run_script(self, source, **arguments):
        """Run Python in `odoo shell`, committed at its end; return its JSON answer.

        The script sees `env` and ARGUMENTS and puts its answer into `ANSWER`.
        """
        self._write_config()
        answer = self.folder / f"answer-{uuid.uuid4().hex}.json"
        prelude = f"import json\nARGUMENTS = json.loads({json.dumps(arguments)!r})\n"
        ending = (
            f"\nenv.cr.commit()\nopen({str(answer)!r}, 'w').write(json.dumps(ANSWER))\n"
        )
        script = self.folder / "script.py"
        script.write_text(prelude + source + ending, encoding="utf-8")
        result = subprocess.run(
            [str(paths.ODOO_COMMAND), "shell", "-c", str(self.config), "--no-http"]
            + ["-d", self.database, "--log-level=warn"],
            input=f"exec(compile(open({str(script)!r}).read(), 'script', 'exec'))\n",
            env={**os.environ, **self.libpq},
            text=True,
            capture_output=True,
        )
        with self.log.open("a", encoding="utf-8") as log:
            log.write(result.stderr)
        if not answer.exists():
            raise AssertionError(result.stdout[-3000:] + result.stderr[-6000:])
        return json.loads(answer.read_text())

    # === DATABASE === #

    def connect(self):
        """An autocommit psycopg2 connection to the database."""
        connection = psycopg2.connect(
            host=self.libpq["PGHOST"],
            port=self.libpq["PGPORT"],
            user=self.libpq["PGUSER"],
            dbname=self.database,
        )
        connection.autocommit = True
        return connection

    def query(self, statement, parameters=()):
        with contextlib.closing(self.connect()) as connection:
            with connection.cursor() as cr:
                cr.execute(statement, parameters)
                return cr.fetchall()

    @contextlib.contextmanager
    def _maintenance(self):
        connection = psycopg2.connect(
            host=self.libpq["PGHOST"],
            port=self.libpq["PGPORT"],
            user=self.libpq["PGUSER"],
            dbname="postgres",
        )
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cr:
            yield cr

    def _clone(self):
        template = self.template or os.environ["SCHOOL_MEAL_TEMPLATE"]
        with self._maintenance() as cr:
            cr.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(self.database), sql.Identifier(template)
                )
            )
        source = self.data_dir / "filestore" / template
        if source.exists():
            shutil.copytree(
                source, source.with_name(self.database), copy_function=os.link
            )

    # === HELPERS === #

    def _log_file(self, number):
        """In the folder whose logs `make test` checks, named after file and test."""
        folder = os.environ.get("SCHOOL_MEAL_LOGS")
        if folder is None:
            return self.folder / f"odoo-{number}.log"
        file = Path(os.environ["PYTEST_CURRENT_TEST"].split("::")[0]).stem
        return Path(folder) / f"{file}.{self.folder.name}-{number}.log"

    def _write_config(self):
        self.data_dir.mkdir(parents=True, exist_ok=True)
        values = {
            "db_host": self.libpq["PGHOST"],
            "db_port": self.libpq["PGPORT"],
            "db_user": self.libpq["PGUSER"],
            "db_name": self.database,
            "dbfilter": f"^{self.database}$",
            "list_db": "False",
            "addons_path": paths.ADDONS,
            "data_dir": self.data_dir,
            "http_interface": "127.0.0.1",
            "http_port": self.port,
            "gevent_port": self.gevent_port,
            "workers": self.workers,
            "max_cron_threads": 0,
            "log_level": "warn",
            **dict(self.options),
        }
        lines = [f"{name} = {value}" for name, value in values.items()]
        self.config.write_text("[options]\n" + "\n".join(lines) + "\n")

    def _wait(self):
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, 30)
                connection.request("GET", "/web/health")
                if connection.getresponse().status == 200:
                    return
            time.sleep(0.2)
        raise AssertionError(f"no answer from Odoo: {self.log.read_text()[-3000:]}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
