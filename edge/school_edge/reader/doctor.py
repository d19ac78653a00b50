"""What `school-edge doctor` looks at for section `[reader]`."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from school_edge.doctor import BAD, OK, WARNING
from school_edge.words import why

from . import pcsc, serial_lines
from .local_page import TITLE
from .settings import Settings


def check(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield (level, sentence) about the agent's port and its readers."""
    is_running, finding = check_port(settings.port)
    yield finding
    if settings.pcsc:
        yield check_pcsc()
    for port in settings.serial:
        yield check_serial(port, settings.baud, is_running)


def check_port(port: int) -> tuple[bool, tuple[str, str]]:
    """Return whether the agent answers, and (level, sentence)."""
    # no proxy: it is this computer
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/", timeout=3) as response:
            page = response.read(10_000).decode(errors="replace")
    except urllib.error.HTTPError:
        page = ""
    except urllib.error.URLError as error:
        if isinstance(error.reason, ConnectionRefusedError):
            return False, (
                WARNING,
                f"программа считывателей не запущена, порт {port} свободен:"
                " systemctl start school-edge-reader",
            )
        page = ""
    except (OSError, ValueError):
        page = ""
    if TITLE in page:
        return True, (OK, f"программа считывателей отвечает на порту {port}")
    return False, (
        BAD,
        f"порт {port} занят другой программой: укажите другой в разделе [reader], port",
    )


def check_pcsc() -> tuple[str, str]:
    """Return (level, sentence) about PC/SC."""
    if not pcsc.scard:
        return BAD, "не установлен пакет pyscard: pip install 'school-edge[reader]'"
    try:
        names = pcsc.reader_names()
    except pcsc.ServiceLost as error:
        return (
            BAD,
            f"служба PC/SC не отвечает ({error}): systemctl start pcscd; если"
            " считывателей PC/SC нет, напишите pcsc = false",
        )
    if not names:
        return WARNING, "считыватель PC/SC не найден: подключите его к компьютеру"
    return OK, f"считыватели PC/SC: {', '.join(names)}"


def check_serial(port: str, baud: int, is_running: bool) -> tuple[str, str]:
    """Return (level, sentence) about a port; the agent has it for itself."""
    if not serial_lines.serial:
        return BAD, "не установлен пакет pyserial: pip install 'school-edge[reader]'"
    if is_running and Path(port).exists():
        return OK, f"порт {port} есть, его читает программа считывателей"
    try:
        with serial_lines.open_port(port, baud):
            return OK, f"порт {port} открывается"
    except OSError as error:  # SerialException is one
        return BAD, f"порт {port}: {why(error)}. Проверьте кабель, имя порта и права"
