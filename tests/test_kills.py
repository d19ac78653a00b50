"""Processes killed in mid-load: nothing acknowledged is lost or there twice."""

import os
import signal
from pathlib import Path

import psutil
import pytest

from .support.canteen import close_books
from .support.copy_template import copy_template
from .support.crew import gather
from .support.invariants import violations
from .support.storm import Storm

MOST_KILLS = 12


def rage(storm, kill, least=3):
    """Kill while orders and refunds are on their way, until both were cut short."""
    for number in range(MOST_KILLS):
        storm.wait_for("refund" if number % 2 else "order")
        cut = storm.interrupted()
        if number >= least and cut["order"] and cut["refund"]:
            return
        kill()
    raise AssertionError(f"no order or no refund was interrupted: {cut}")


def test_killed_workers_lose_and_double_nothing(canteen_server):
    server, scene = canteen_server
    with Storm(gather(server, scene, "workers")) as storm:
        rage(storm, server.kill_workers)
    assert violations(server, storm) == []


def test_a_killed_server_loses_and_doubles_nothing(canteen_server):
    server, scene = canteen_server

    def kill():
        server.kill()
        server.start()

    with Storm(gather(server, scene, "server")) as storm:
        rage(storm, kill, least=2)
    assert violations(server, storm) == []


@pytest.fixture
def crash_cluster():
    """A PostgreSQL of this test alone, with fsync on, loaded from the template."""
    from school_meal_tools import postgres

    if "SCHOOL_MEAL_TEMPLATE" not in os.environ:
        pytest.skip("started without `make test`: there is no template database")
    cluster = postgres.Cluster("crash")
    cluster.start()
    yield cluster
    cluster.remove()


def kill_postgres(cluster):
    """Kill the postmaster and every backend: the power cut of a database."""
    postmaster = int((Path(cluster.data) / "postmaster.pid").read_text().split()[0])
    family = psutil.Process(postmaster).children(recursive=True)
    os.kill(postmaster, signal.SIGKILL)
    for child in family:
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(family, timeout=20)


def test_a_killed_database_loses_and_doubles_nothing(
    odoo_server, canteen, crash_cluster
):
    template, scene = canteen
    libpq = {"PGHOST": str(crash_cluster.socket), "PGPORT": "5432", "PGUSER": "odoo"}
    copy_template(template, crash_cluster, libpq, "crash_test")
    server = odoo_server(workers=2, libpq=libpq, database="crash_test")

    def kill():
        kill_postgres(crash_cluster)
        crash_cluster.start()

    with Storm(gather(server, scene, "power")) as storm:
        rage(storm, kill, least=2)
    assert violations(server, storm) == []
    assert close_books(server, scene)["findings"] == {}
