"""Processes and locks of a command; nothing it starts outlives it.

Every long child has a session of its own, so that Ctrl-C is this command's to handle,
gets a signal from the kernel when this command dies, and is recorded in ``.var/pids``,
where ``make stop`` finds what is left.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from . import paths
from .console import say

RECORDS = paths.VAR / "pids"
PATIENCE = 30  # seconds a process may take to end
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_libc = ctypes.CDLL(None)
_children: dict[int, tuple[subprocess.Popen, signal.Signals]] = {}


def die_with_parent(number: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """For ``preexec_fn``: the child gets this signal when its parent is gone."""
    parent = os.getpid()

    def prepare() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # gone between fork and here
            os._exit(1)

    return prepare


@contextlib.contextmanager
def child(
    command: list[str | Path],
    title: str,
    ending: signal.Signals = signal.SIGTERM,
    **options,
) -> Iterator[subprocess.Popen]:
    """A process with a group of its own; all of the group ends with the block.

    :param ending: how it is asked to end
    """
    process = subprocess.Popen(
        [str(part) for part in command],
        start_new_session=True,
        preexec_fn=die_with_parent(ending),
        **options,
    )
    _children[process.pid] = (process, ending)
    record(process.pid, title)
    try:
        yield process
    finally:
        end(process, ending)
        _children.pop(process.pid, None)
        forget(process.pid)


def end(process: subprocess.Popen, ending: signal.Signals) -> None:
    """Ask a process to end, then kill what is left of its group."""
    if process.poll() is None:
        signal_group(process, ending)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
    signal_group(process, signal.SIGKILL)
    process.wait()


def signal_group(process: subprocess.Popen, number: signal.Signals) -> None:
    """Tell a child and all it started, as a terminal does with Ctrl-C."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def end_all() -> None:
    """End every child at once; the threads that wait for them go on."""
    children = list(_children.values())
    for process, ending in children:
        if process.poll() is None:
            signal_group(process, ending)
    for process, ending in children:
        end(process, ending)


# ------------------------------------------------------------- signals


def interrupt_on_hangup() -> None:
    """A closed terminal and ``kill`` clean up as Ctrl-C does; nohup stays nohup."""
    for number in (signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)
    if os.isatty(1) and signal.getsignal(signal.SIGHUP) == _interrupt:
        threading.Thread(target=_watch_terminal, daemon=True).start()


def _watch_terminal() -> None:
    """Notice a closed terminal where only make is told (``ssh -t host make run``)."""
    poll = select.poll()
    poll.register(1, 0)  # nothing but its end
    while not poll.poll(1000):
        pass
    os.kill(os.getpid(), signal.SIGHUP)


def _interrupt(*_arguments) -> None:
    raise KeyboardInterrupt


# ------------------------------------------------------------- records


def record(pid: int, title: str) -> None:
    """Remember a process for ``make stop``."""
    RECORDS.mkdir(parents=True, exist_ok=True)
    (RECORDS / str(pid)).write_text(f"{birth(pid)}\n{title}\n", encoding="utf-8")


def forget(pid: int) -> None:
    (RECORDS / str(pid)).unlink(missing_ok=True)


def birth(pid: int) -> str | None:
    """When a process began, in ticks; with the pid it names one process for ever.

    None when it is gone, or a zombie.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


def recorded() -> dict[int, str]:
    """Titles of the recorded processes that still live, by pid; oldest first."""
    alive: dict[int, str] = {}
    for path in sorted(RECORDS.glob("*"), key=lambda p: p.stat().st_mtime):
        born, _, title = path.read_text(encoding="utf-8").partition("\n")
        if path.name.isdigit() and birth(int(path.name)) == born:
            alive[int(path.name)] = title.strip()
        else:
            path.unlink(missing_ok=True)
    return alive


def stop_recorded() -> None:
    """Stop what commands of this checkout left running, or are running now."""
    for pid, title in recorded().items():
        born = birth(pid)
        if pid == os.getpid() or born is None:
            continue
        say(f"==> Stopping {title} (process {pid})")
        with contextlib.suppress(ProcessLookupError):
            leads = os.getpgid(pid) == pid
            os.kill(pid, signal.SIGTERM)
            if not wait_gone(pid, PATIENCE):
                os.kill(pid, signal.SIGKILL)
            if leads:
                os.killpg(pid, signal.SIGKILL)
        forget(pid)


def wait_gone(pid: int, seconds: float) -> bool:
    """Wait until a process ended.

    :return: whether it did
    """
    born, deadline = birth(pid), time.monotonic() + seconds
    while born is not None and birth(pid) == born:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


# ------------------------------------------------------------- locks


@contextlib.contextmanager
def exclusive(path: Path, what: str) -> Iterator[None]:
    """One process of this checkout at a time; the kernel frees it when one dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"==> Waiting for another make ({what})")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield
