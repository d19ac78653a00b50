"""Tests of what runs at the school; no Odoo."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from support.agent import Agent  # noqa: E402
from support.pcsc_stack import PcscStack, why_not  # noqa: E402


@pytest.fixture
def agent(tmp_path):
    """Return a function that starts a reader agent."""
    agents = []

    def start(**options):
        folder = tmp_path / f"agent-{len(agents)}"
        folder.mkdir()
        agents.append(Agent(folder, **options))
        return agents[-1].start()

    yield start
    for made in agents:
        if made.process.poll() is None:
            made.process.kill()
            made.process.wait()


@pytest.fixture
def pcsc(tmp_path):
    """The PC/SC service with two virtual readers, started."""
    if reason := why_not():
        pytest.skip(reason)
    stack = PcscStack(tmp_path)
    stack.start()
    yield stack
    stack.stop()
