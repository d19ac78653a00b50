"""Databases and their file stores: create, clone, rename, drop."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2 import sql

from .server import Server

CLONES = ("test", "box", "bench")  # add-on tests, black-box tests, benchmarks


def clone_name(kind: str, tail: str, suffix: str = "") -> str:
    """Name of a database this process drops; its process id tells who owns it."""
    assert kind in CLONES
    return f"school_meal_{kind}{suffix}_{os.getpid()}_{tail}"


def abandoned(names: list[str], suffix: str = "") -> list[str]:
    """Clones whose process is gone: its command was killed."""
    pattern = re.compile(rf"school_meal_(?:{'|'.join(CLONES)}){suffix}_(\d+)_\w+")
    return [
        name
        for name in names
        if (match := pattern.fullmatch(name)) and not Path(f"/proc/{match[1]}").exists()
    ]


class Databases:
    """The databases of one server and the file stores beside them.

    :param data_dir: Odoo's ``data_dir``
    """

    def __init__(self, server: Server, data_dir: Path):
        self.server = server
        self.data_dir = data_dir

    @contextmanager
    def cursor(self, database: str = "postgres") -> Iterator:
        connection = psycopg2.connect(
            host=self.server.host,
            port=self.server.port,
            user=self.server.user,
            dbname=database,
        )
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def names(self) -> list[str]:
        with self.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database ORDER BY oid")
            return [row[0] for row in cursor.fetchall()]

    def exists(self, name: str) -> bool:
        return name in self.names()

    def clone(self, template: str, name: str) -> None:
        """Copy a database; its files are linked, not copied."""
        self.drop(name)
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        source = self.filestore(template)
        if source.exists():
            shutil.copytree(source, self.filestore(name), copy_function=os.link)

    def rename(self, old: str, new: str) -> None:
        """Give a finished database its name; the files move first."""
        shutil.rmtree(self.filestore(new), ignore_errors=True)
        if self.filestore(old).exists():
            self.filestore(old).rename(self.filestore(new))
        self._execute("ALTER DATABASE {} RENAME TO {}", old, new)

    def drop(self, name: str) -> None:
        """Remove a database, if it exists, and its files."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        shutil.rmtree(self.filestore(name), ignore_errors=True)

    def filestore(self, name: str) -> Path:
        return self.data_dir / "filestore" / name

    def _execute(self, statement: str, *names: str) -> None:
        with self.cursor() as cursor:
            identifiers = map(sql.Identifier, names)
            cursor.execute(sql.SQL(statement).format(*identifiers))
