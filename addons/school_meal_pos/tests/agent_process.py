"""The real reader agent as a process, with a text reader on a pseudo terminal."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import tty
import urllib.request
from pathlib import Path

EDGE = Path(__file__).resolve().parents[3] / "edge"
CODE = re.compile(r'id="code">(\d{3}) (\d{3})<')
SETTINGS = """\
[reader]
origins = ["{origin}"]
port = {port}
pcsc = false
serial = ["{serial}"]
tokens = "{folder}/tokens.json"
"""


class AgentProcess:
    """What runs on the till's computer."""

    def __init__(self, folder, origin):
        self.folder = Path(folder)
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port = server.getsockname()[1]
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.slave = slave
        self.configuration = self.folder / "school-edge.toml"
        self.configuration.write_text(
            SETTINGS.format(
                origin=origin,
                port=self.port,
                serial=os.ttyname(slave),
                folder=self.folder,
            )
        )
        self.process = None

    def start(self):
        command = [sys.executable, "-m", "school_edge", "reader"]
        with (self.folder / "agent.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--config", self.configuration],
                cwd=EDGE, stdout=log, stderr=log,
            )  # fmt: skip

    def code(self):
        """The code on the agent's own page; it may just be starting."""
        for _attempt in range(300):
            with contextlib.suppress(OSError):
                address = f"http://127.0.0.1:{self.port}/"
                with urllib.request.urlopen(address, timeout=30) as answer:
                    return "".join(CODE.search(answer.read().decode()).groups())
            time.sleep(0.1)
        raise AssertionError((self.folder / "agent.log").read_text())

    def place(self, line):
        """Hold a card to the reader and take it away."""
        os.write(self.master, f"{line}\r\nNo card\r\n".encode())

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def close(self):
        self.stop()
        os.close(self.slave)
        os.close(self.master)
