"""Bring a database to another cluster."""

import os
import subprocess

from school_meal_tools import postgres


def copy_template(template, cluster, libpq, database):
    """Dump a database of the tests' server into a new one of another cluster."""
    programs = postgres.binaries(cluster.user)
    environment = {**os.environ, **libpq}
    subprocess.run(
        [programs / "createdb", database], env=environment, check=True, cwd="/"
    )
    dump = subprocess.Popen(
        [programs / "pg_dump", "--no-owner", template],
        stdout=subprocess.PIPE,
        cwd="/",
    )
    subprocess.run(
        [programs / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", database],
        env=environment,
        stdin=dump.stdout,
        stdout=subprocess.DEVNULL,
        check=True,
        cwd="/",
    )
    assert dump.wait() == 0
