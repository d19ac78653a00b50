"""A gateway process of one's own between simulated controllers and a real server."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request

from school_edge.simulate.plan import Plan
from school_meal_tools import paths

from .odoo_server import free_port

#: Runs the command with a wall clock that a file sets: seconds to be added.
PROGRAM = """
import sys, time
from pathlib import Path
shift, wall = Path(sys.argv.pop(1)), time.time
def shifted():
    return wall() + float(shift.read_text())
time.time = shifted
from school_edge.cli import main
sys.exit(main())
"""
#: Puts the controllers of the school behind a gateway; a code for it is the answer.
BEHIND_A_GATEWAY = """
school = env["school.school"].browse(ARGUMENTS["school"])
device = env["school.device"].create({
    "name": "Gateway", "kind": "edge", "school_id": school.id})
env["access.controller"].search([("school_id", "=", school.id)]).write({
    "device_id": device.id, "secret_digest": False})
ANSWER = {"code": device._issue_code()}
device.sudo().code_expires_at = "2100-01-01"  # tests take as long as they take
"""


class EdgeGateway:
    """`school-edge gateway` with its own folder; `start`, `kill`, `stop` at will."""

    def __init__(self, folder, server, **settings):
        self.folder, self.server = folder, server
        self.port = free_port()
        self.path = folder / "state" / "gateway.sqlite"
        self.shift = folder / "shift"
        self.shift.write_text("0")
        self.log = folder / "gateway.log"
        self.process = None
        self.config = folder / "school-edge.toml"
        self.write_config(**settings)

    def write_config(self, **settings):
        values = {"max_mb": 64, "sync_seconds": 1, "interval": 1, **settings}
        lines = [f"{name} = {value}" for name, value in values.items()]
        self.config.write_text(
            f'[server]\nurl = "http://127.0.0.1:{self.server.port}"\n'
            f'database = "{self.server.database}"\n'
            f'[gateway]\nlisten = "127.0.0.1"\nport = {self.port}\n'
            f'state = "{self.path.parent}"\n' + "\n".join(lines) + "\n"
        )

    def command(self, name, *arguments):
        """Run another sub-command; return the finished process."""
        return subprocess.run(
            [*self._words(name), *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
        )

    def enrol(self, code):
        """Connect; return the PIN of the local pages."""
        done = self.command("enrol", code)
        assert done.returncode == 0, done.stderr
        return next(word for word in done.stdout.split() if word[:8].isdigit())[:8]

    def start(self, wait=True, **options):
        # Not to die with its parent: that is the thread, which ends with the play.
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._words("gateway"),
                stdout=log,
                stderr=log,
                env=self._environment(),
                **options,
            )
        if wait:
            self.wait_for(lambda: self._answers(), 30)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)

    def query(self, statement, *parameters):
        """Read the store from outside."""
        db = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10)
        try:
            return db.execute(statement, parameters).fetchall()
        finally:
            db.close()

    def queued(self):
        return self.query("SELECT count(*) FROM event WHERE state = 0")[0][0]

    def wait_for(self, condition, seconds=60):
        """Wait until something is so; the log tells why not."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline or (
                self.process and self.process.poll() is not None
            ):
                raise AssertionError(self.log.read_text()[-4000:])
            time.sleep(0.1)

    def post(self, body, path="/c"):
        """Post as a controller does; return the answer's document."""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body)
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.loads(response.read())

    def plan(self, scene):
        """Return the plan of the simulator: controllers that call this gateway."""
        return Plan(
            controllers=[
                {"serial": each["serial"], "url": f"http://127.0.0.1:{self.port}/c"}
                for each in scene["controllers"]
            ],
            cards=scene["cards"],
            timezone="Europe/Moscow",
        )

    def _answers(self):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/login", timeout=5)
        except (OSError, urllib.error.URLError):
            return False
        return True

    def _words(self, name):
        return [
            sys.executable, "-c", PROGRAM, str(self.shift), name,
            "--config", str(self.config),
        ]  # fmt: skip

    def _environment(self):
        return {**os.environ, "PYTHONPATH": str(paths.EDGE)}


def put_behind(server, scene):
    """Put the controllers of a school behind a gateway; return a code for it."""
    return server.run_script(BEHIND_A_GATEWAY, school=scene["school"])["code"]
