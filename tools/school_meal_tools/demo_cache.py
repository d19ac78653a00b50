"""The demo as generated earlier today, for another clone of the same content.

Generating takes minutes, restoring seconds.  The cache of the user keeps a dump, the
files and what the demo tells of itself (logins, its entrance) under a hash of all they
were made from, the date included: the demo's history ends yesterday.
"""

from __future__ import annotations

import datetime
import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from . import content_hash, paths, postgres
from .console import Failure, clean_environment, run, say, step
from .database import Databases
from .odoo_source import cache_lock

JOBS = "2"
# what makes a database itself: never the same in two of them
NEW_IDENTITY = (
    "UPDATE ir_config_parameter SET value = gen_random_uuid()"
    " WHERE key IN ('database.uuid', 'database.secret')"
)


def entry() -> Path:
    """Folder of the demo this code would generate today."""
    text = f"{content_hash.template_hash()} {datetime.date.today()}"
    return paths.cache_dir() / f"demo-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def restore(databases: Databases, name: str, told: Iterable[Path]) -> bool:
    """Make the database from the cache.

    :return: False when it has to be generated
    """
    folder = entry()
    if databases.server.suffix or not folder.exists():
        return False
    try:
        with cache_lock(), step("Restoring the demo this code generated earlier today"):
            call(databases, "createdb", name)
            call(
                databases, "pg_restore", "--no-owner", "--exit-on-error",
                f"--jobs={JOBS}", f"--dbname={name}", folder / "dump",
            )  # fmt: skip
            with databases.cursor(name) as cursor:
                cursor.execute(NEW_IDENTITY)
            shutil.copytree(folder / "filestore", databases.filestore(name))
            for path in told:
                shutil.copy(folder / path.name, path)
    except (Failure, OSError) as error:
        say(
            f"    notice: the cached demo cannot be used, it is generated anew: {error}"
        )
        databases.drop(name)
        shutil.rmtree(folder, ignore_errors=True)
        return False
    return True


def save(databases: Databases, name: str, told: Iterable[Path]) -> None:
    """Keep a fresh demo; those of other days or other code go."""
    if databases.server.suffix:
        return
    folder = entry()
    with cache_lock(), step("Keeping the demo for other clones"):
        partial = folder.with_name(f".partial-{folder.name}")
        partial.mkdir()
        call(
            databases, "pg_dump", "--format=directory", "--compress=1",
            f"--jobs={JOBS}", f"--file={partial / 'dump'}", name,
        )  # fmt: skip
        shutil.copytree(databases.filestore(name), partial / "filestore")
        for path in told:
            shutil.copy(path, partial / path.name)
        for old in folder.parent.glob("demo-*"):
            shutil.rmtree(old, ignore_errors=True)
        partial.replace(folder)


def call(databases: Databases, program: str, *arguments: str | Path) -> None:
    """A program of PostgreSQL, as the role of the add-ons."""
    user = postgres.ensure_system_user() if postgres.system.is_root() else None
    run(
        [postgres.binaries(user) / program, *arguments],
        env=clean_environment(**databases.server.environment()),
        cwd="/",
    )
