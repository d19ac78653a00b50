"""The reader agent as a process, and pages that talk to it."""

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import websocket

EDGE = Path(__file__).parents[2]
ORIGIN = "https://meals.example.org"
PATIENCE = 30  # seconds; only a failure waits so long
CODE = re.compile(r'id="code">(\d{3}) (\d{3})<')


class Agent:
    """`school-edge reader` with a configuration of its own."""

    def __init__(self, folder, *, environment=None, origins=(ORIGIN,), **settings):
        self.folder = folder
        self.port = free_port()
        self.environment = environment
        self.tokens = folder / "tokens.json"
        self.log = folder / "agent.log"
        self.configuration = folder / "school-edge.toml"
        lines = {
            "origins": list(origins), "port": self.port,
            "tokens": str(self.tokens), "pcsc": False, **settings,
        }  # fmt: skip
        text = "".join(f"{k} = {json.dumps(v)}\n" for k, v in lines.items())
        self.configuration.write_text("[reader]\n" + text)
        self.process = None

    @property
    def command(self):
        return [sys.executable, "-m", "school_edge", "reader", "--config",
                str(self.configuration)]  # fmt: skip

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=EDGE, env=self.environment, stdout=log, stderr=log
            )
        wait_for(self.answers, "the agent does not answer")
        return self

    def answers(self):
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(OSError):
            return self.get("/")
        return None

    def stop(self):
        """SIGTERM; return the exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE)

    @contextlib.contextmanager
    def asleep(self):
        """The process does not run, as on a busy computer."""
        self.process.send_signal(signal.SIGSTOP)
        yield
        self.process.send_signal(signal.SIGCONT)

    def forget(self):
        done = subprocess.run(
            [*self.command, "--forget"], cwd=EDGE, capture_output=True, text=True
        )
        assert not done.returncode, done.stderr
        return done.stdout

    def get(self, path, **headers):
        """(status, headers, text) of an answer."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", headers=headers
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def code(self):
        """The code that the agent's own page shows."""
        return "".join(CODE.search(self.get("/")[2]).groups())

    def page(self, token=None, origin=ORIGIN, host=None):
        """A connected page; with a token it is recognised already."""
        return PageClient(self.port, origin, host, token)

    def paired(self):
        """(page, its token)"""
        page = self.page()
        page.send("pair", code=self.code())
        token = page.wait("paired")["token"]
        page.wait("readers")
        return page, token


class PageClient:
    """What a page of the browser does, without a browser."""

    def __init__(self, port, origin, host=None, token=None):
        self.readers = None
        self.socket = websocket.create_connection(
            f"ws://127.0.0.1:{port}/ws", origin=origin, host=host, timeout=PATIENCE
        )
        assert self.receive() == {"type": "hello", "version": 1}
        if token:
            self.send("token", token=token)

    def send(self, kind, **values):
        self.socket.send(json.dumps({"type": kind, **values}))

    def receive(self):
        """The next message, None when the agent has closed the connection."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            kind, data = self.socket.recv_data(control_frame=True)
            if kind == websocket.ABNF.OPCODE_CLOSE:
                return None
            if kind == websocket.ABNF.OPCODE_TEXT:
                message = json.loads(data)
                if message["type"] == "readers":
                    self.readers = [item["name"] for item in message["readers"]]
                return message
        raise AssertionError("the agent sends nothing")

    def wait(self, kind):
        """The next message must be of a kind; news of readers may come before."""
        message = self.receive()
        while message and message["type"] == "readers" != kind:
            message = self.receive()
        assert message and message["type"] == kind, (kind, message)
        return message

    def wait_readers(self, names):
        """Wait until these readers are there, and no others."""
        while self.readers != list(names):
            self.wait("readers")

    def nothing_came(self):
        """All that was sent before now has been received: there was nothing."""
        self.send("ping")
        assert self.wait("pong")

    def close(self):
        self.socket.close()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_for(condition, what):
    """Wait until a condition holds and return its value."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(what)
