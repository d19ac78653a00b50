"""A PostgreSQL server for tests of the tools, without Odoo."""

import pytest
from school_meal_tools import external, postgres

PG = (*external.NAMING, "PGUSER", "PGPASSWORD")


@pytest.fixture(scope="session")
def cluster():
    """A cluster of these tests alone."""
    result = postgres.Cluster("tools")
    result.remove()
    result.start()
    yield result
    result.remove()


@pytest.fixture
def nothing_named(monkeypatch, tmp_path):
    """No PG* variable, and a checkout that never used a server."""
    for name in PG:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(external, "KEY", tmp_path / "database-key")
    monkeypatch.setattr(external, "USED", tmp_path / "external-servers")


@pytest.fixture
def server(cluster, nothing_named, monkeypatch):
    """A running server that the PG* variables name."""
    monkeypatch.setenv("PGHOST", str(cluster.socket))
    monkeypatch.setenv("PGUSER", "odoo")
    return cluster
