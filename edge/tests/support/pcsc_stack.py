"""The real PC/SC service with virtual readers, private to a test, and cards for them.

`pcscd` takes a socket that is open already (as from systemd), so it runs beside the
machine's own.  The driver `vpcd` listens on two ports: two readers; a card is a client
of one of them that answers APDUs.
"""

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

PCSCD = shutil.which("pcscd") or "/usr/sbin/pcscd"
DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
#: Become `pcscd`, with the open socket as number 3.
START = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.argv[2], sys.argv[2:])
"""
HAS_CARD = """
import sys
from smartcard import scard
_code, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
asked = [(sys.argv[1], scard.SCARD_STATE_UNAWARE)]
_code, states = scard.SCardGetStatusChange(context, 0, asked)
sys.exit(not (states and states[0][1] & scard.SCARD_STATE_PRESENT))
"""
CONFIGURATION = """\
FRIENDLYNAME "School reader"
DEVICENAME   /dev/null:{port:#06x}
LIBPATH      {driver}
CHANNELID    {port:#06x}
"""
NAMES = ("School reader 00 00", "School reader 00 01")

#: Of a contactless card, as such readers make it up.
ATR = bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")
POWER_OFF, POWER_ON, RESET, GET_ATR = 0, 1, 2, 4
GET_UID = bytes.fromhex("FFCA000000")
SUCCESS = bytes.fromhex("9000")
NOT_SUPPORTED = bytes.fromhex("6A81")


def why_not():
    """Why there can be no virtual reader here; "" when there can."""
    found = {
        "pcscd": Path(PCSCD).exists(),
        "vsmartcard-vpcd": DRIVER.exists(),
        "pyscard": importlib.util.find_spec("smartcard"),
    }
    missing = ", ".join(name for name, is_there in found.items() if not is_there)
    return f"virtual card readers: not installed: {missing}" if missing else ""


def two_free_ports():
    """The first of two neighbours that nobody listens on."""
    while True:
        with contextlib.ExitStack() as stack:
            first = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            port = first.getsockname()[1]
            with contextlib.suppress(OSError, OverflowError):
                stack.enter_context(socket.create_server(("127.0.0.1", port + 1)))
                return port


class PcscStack:
    """A `pcscd` of our own.

    :ivar socket: its address, for `PCSCLITE_CSOCK_NAME` of clients
    """

    def __init__(self, folder):
        self.socket = folder / "pcscd.comm"
        self.configuration = folder / "reader.conf.d"
        self.configuration.mkdir()
        self.port = two_free_ports()
        self.log = folder / "pcscd.log"
        self.plug()
        self.process = None

    @property
    def environment(self):
        return {**os.environ, "PCSCLITE_CSOCK_NAME": str(self.socket)}

    def plug(self):
        """Both readers are there at the next start."""
        text = CONFIGURATION.format(port=self.port, driver=DRIVER)
        (self.configuration / "vpcd").write_text(text)

    def unplug(self):
        (self.configuration / "vpcd").unlink()

    def start(self):
        self.socket.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.socket))
            listener.listen(16)
            service = [PCSCD, "-f", "-e", "-c", str(self.configuration)]
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    [sys.executable, "-c", START, str(listener.fileno()), *service],
                    pass_fds=[listener.fileno()],
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )

    def stop(self):
        """End the service; its socket goes too, so that nobody hangs on it."""
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)

    def has_card(self):
        """Does the service see a card on the first reader?"""
        done = subprocess.run(
            [sys.executable, "-c", HAS_CARD, NAMES[0]], env=self.environment
        )
        return done.returncode == 0

    def place(self, uid, slot=0, **options):
        return VirtualCard(self.port + slot, uid, **options)


class VirtualCard:
    """A card on a reader, from now until `remove`.

    :param uid: hexadecimal
    :param refusal: status instead of the UID
    """

    def __init__(self, port, uid, refusal=None):
        self.uid = bytes.fromhex(uid)
        self.refusal = refusal
        self.reads = 0
        self.connection = connect(port)
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def remove(self):
        with contextlib.suppress(OSError):  # the service may have gone before
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()
        self.thread.join()

    def _serve(self):
        with contextlib.suppress(OSError, EOFError):
            while True:
                request = self._receive()
                if len(request) == 1:
                    if request[0] == GET_ATR:
                        self._send(ATR)
                else:
                    self._send(self._answer(request))

    def _answer(self, apdu):
        if apdu != GET_UID:
            return NOT_SUPPORTED
        self.reads += 1
        return self.refusal or self.uid + SUCCESS

    def _receive(self):
        return self._exactly(int.from_bytes(self._exactly(2), "big"))

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            piece = self.connection.recv(count - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data

    def _send(self, data):
        self.connection.sendall(len(data).to_bytes(2, "big") + data)


def connect(port):
    """Connect to a reader's port; right after the start it may not listen yet."""
    for _attempt in range(200):
        with contextlib.suppress(ConnectionRefusedError):
            return socket.create_connection(("127.0.0.1", port))
        threading.Event().wait(0.05)
    raise AssertionError(f"no reader listens on port {port}")
