"""Black-box tests: real server processes, sockets and kills; no add-on is imported.

`make test` sets the environment; the template database holds every add-on.
"""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

from .support.browser import chromium, people  # noqa: E402, F401
from .support.canteen import open_canteen  # noqa: E402
from .support.hatch import hatch, hatch_scene  # noqa: E402, F401
from .support.odoo_server import OdooServer  # noqa: E402


@pytest.fixture(scope="session")
def canteen(tmp_path_factory):
    """A database with the canteen at work, to be cloned: (its name, what is there)."""
    if "SCHOOL_MEAL_TEMPLATE" not in os.environ:
        pytest.skip("started without `make test`: there is no template database")
    maker = OdooServer(tmp_path_factory.mktemp("canteen"))
    try:
        maker.prepare()
        yield maker.database, open_canteen(maker)
    finally:
        maker.destroy()


@pytest.fixture(scope="module")
def served_canteen(canteen, tmp_path_factory):
    """A server for the tests of one file: (server, what is there)."""
    template, scene = canteen
    server = OdooServer(tmp_path_factory.mktemp("served"), template=template)
    try:
        server.start()
        yield server, scene
    finally:
        server.destroy()


@pytest.fixture
def canteen_server(odoo_server, canteen):
    """A server of two workers on a canteen of its own: (server, what is there)."""
    template, scene = canteen
    return odoo_server(workers=2, template=template), scene


@pytest.fixture
def odoo_server(tmp_path):
    """Return a function that clones the template and serves the clone."""
    if "SCHOOL_MEAL_TEMPLATE" not in os.environ:
        pytest.skip("started without `make test`: there is no template database")
    servers = []

    def start(workers=2, **options):
        server = OdooServer(tmp_path, number=len(servers), workers=workers, **options)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.destroy()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Let fixtures know that their test failed."""
    report = yield
    if report.when == "call" and report.failed:
        item.failed = True
    return report
