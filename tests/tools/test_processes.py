"""Children end with the command that started them, whatever happens to it."""

import os
import pty
import signal
import subprocess
import sys
import textwrap
import time

import pytest
from school_meal_tools import paths, processes

PARENT = """
    import pathlib, subprocess, sys
    from school_meal_tools import processes
    processes.RECORDS = pathlib.Path(sys.argv[1])
    processes.interrupt_on_hangup()
    try:
        with processes.child(["sh", "-c", "sleep 600 & sleep 600"], "sleep") as child:
            print(child.pid, flush=True)
            child.wait()
    except KeyboardInterrupt:
        print("cleaned up", flush=True)
"""
CLOSED = """
    import os, sys
    from school_meal_tools import console
    os.close(1)
    console.say("nobody reads this")
    print("went on", file=sys.stderr)
    os._exit(0)
"""


@pytest.fixture
def parent(tmp_path):
    """A command with a child that sleeps, and a grandchild; (process, pid)."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PARENT), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(paths.TOOLS)},
        stdout=subprocess.PIPE,
        text=True,
    )
    pid = int(process.stdout.readline())
    yield process, pid
    process.kill()
    process.wait()
    process.stdout.close()


def gone(pid):
    """The group of this leader has no living member."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        command = ["pgrep", "--pgroup", str(pid), "--runstates", "DRSI"]
        if subprocess.run(command, capture_output=True).returncode:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_closed_terminal_and_kill_clean_up_like_ctrl_c(parent, number):
    process, pid = parent
    process.send_signal(number)
    assert process.stdout.read() == "cleaned up\n"
    assert gone(pid)


def test_a_closed_terminal_is_noticed_when_nobody_tells(tmp_path):
    """The kernel tells the leader of the session only; make keeps it to itself."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PARENT), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(paths.TOOLS)},
        stdout=slave,
        stderr=subprocess.DEVNULL,
    )
    os.close(slave)
    pid = int(os.read(master, 100))
    os.close(master)
    try:
        process.wait(20)
    finally:
        process.kill()
    assert gone(pid)


def test_a_child_dies_when_its_command_was_killed(parent):
    process, pid = parent
    process.kill()
    assert processes.wait_gone(pid, 20)


def test_stop_finds_what_a_killed_command_left(parent, tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "RECORDS", tmp_path)
    _process, pid = parent
    assert processes.recorded() == {pid: "sleep"}
    processes.stop_recorded()
    assert gone(pid)
    assert processes.recorded() == {}


def test_a_reused_process_id_is_not_ours(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "RECORDS", tmp_path)
    (tmp_path / str(os.getpid())).write_text("12345\nmake run\n")
    assert processes.recorded() == {}


def test_a_lock_waits_and_says_so(tmp_path):
    code = """
        import pathlib, sys
        from school_meal_tools import processes
        with processes.exclusive(pathlib.Path(sys.argv[1]), "a try"):
            print("inside")
    """
    with processes.exclusive(tmp_path / "lock", "a try"):
        second = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "lock")],
            env={**os.environ, "PYTHONPATH": str(paths.TOOLS)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert second.stdout.readline() == "==> Waiting for another make (a try)\n"
    assert second.communicate()[0] == "inside\n"


def test_cleaning_up_goes_on_when_the_terminal_is_gone():
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CLOSED)],
        env={**os.environ, "PYTHONPATH": str(paths.TOOLS)},
        capture_output=True,
        text=True,
    )
    assert result.stderr == "went on\n"
