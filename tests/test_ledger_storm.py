"""Tills and vending machines at once: never overdrawn, never charged twice or lost."""

import os
import signal
import time
from pathlib import Path

import pytest

from .support.ledger_storm import Storm, violations
from .support.world import SCHOOL_WITH_MONEY

OPENING = 60_000  # kopecks on every account
ROUNDS = int(os.environ.get("SCHOOL_MEAL_STORM", "150"))


def prepare(server, devices=6):
    return server.run_script(
        SCHOOL_WITH_MONEY, students=8, kopecks=OPENING, devices=devices
    )


def assert_sound(server, storm):
    assert violations(server, storm, OPENING) == []
    captured = sum(
        operation == "capture"
        for record in storm.records
        for operation, _kopecks in record.acknowledged.values()
    )
    assert captured > 20, "the storm was a calm"


def test_devices_at_once_never_overdraw_or_double_charge(odoo_server):
    server = odoo_server(workers=2)
    world = prepare(server)
    with Storm(
        server, world["tokens"], world["accounts"], rounds=ROUNDS, seed="calm"
    ) as storm:
        pass
    assert_sound(server, storm)
    assert sum(len(record.refused) for record in storm.records), "money never ran out"


def test_killed_workers_lose_and_double_nothing(odoo_server):
    server = odoo_server(workers=2)
    world = prepare(server)
    with Storm(
        server, world["tokens"], world["accounts"], rounds=ROUNDS, seed="workers"
    ) as storm:
        for _ in range(3):
            time.sleep(0.7)
            server.kill_workers()
        time.sleep(0.7)
        server.kill()
        server.start()
    assert_sound(server, storm)


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
    import psutil

    family = psutil.Process(postmaster).children(recursive=True)
    os.kill(postmaster, signal.SIGKILL)
    for child in family:
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(family, timeout=20)


def test_a_killed_database_loses_and_doubles_nothing(
    odoo_server, crash_cluster, tmp_path
):
    from .support.copy_template import copy_template

    libpq = {"PGHOST": str(crash_cluster.socket), "PGPORT": "5432", "PGUSER": "odoo"}
    copy_template(crash_cluster, libpq, "crash_test")
    server = odoo_server(workers=2, libpq=libpq, database="crash_test")
    world = prepare(server)
    with Storm(
        server, world["tokens"], world["accounts"], rounds=ROUNDS, seed="power"
    ) as storm:
        for _ in range(2):
            time.sleep(1.5)
            kill_postgres(crash_cluster)
            crash_cluster.start()
    assert_sound(server, storm)
