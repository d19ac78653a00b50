"""The database with every add-on that tests and benchmarks clone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import content_hash, database, odoo_config, paths, postgres
from .console import Failure, step
from .database import Databases
from .processes import exclusive
from .server import Server

KEPT = 2  # templates: this one, and the one of another branch


@dataclass
class Bench:
    """What tests need: a server and a template database with all add-ons."""

    server: Server
    databases: Databases
    template: str
    config: Path
    template_log: Path


def home(kind: str) -> Path:
    """Folder of configuration files and logs; ``kind`` is test or bench."""
    return paths.VAR / kind


def data_dir(kind: str) -> Path:
    """Odoo's data folder.  Tests and benchmarks have different PostgreSQL clusters
    with a template of the same content: their files must not meet."""
    return paths.VAR / f"data-{kind}"


@contextmanager
def prepared() -> Iterator[Bench]:
    """Server and template; the server stops afterwards if we started it."""
    server = postgres.connect_to("test")
    try:
        yield build(server, "test")
    finally:
        server.release()


def build(server: Server, kind: str) -> Bench:
    """One database with every add-on, kept until their content changes."""
    folder, files = home(kind), data_dir(kind)
    databases = Databases(server, files)
    prefix = f"school_meal_tpl_{kind}{server.suffix}_"
    name = prefix + content_hash.template_hash()
    log = folder / f"{name}.log"
    with exclusive(folder / "template.lock", "template database"):
        config = odoo_config.write_config(folder / "template.conf", server, files, name)
        forget_abandoned(databases)
        if not (databases.exists(name) and log.exists()):
            create(databases, folder, name, log)
            forget_old(databases, prefix, folder)
    return Bench(server, databases, name, config, log)


def create(databases: Databases, folder: Path, name: str, log: Path) -> None:
    """Install everything under another name; the name says that all is there."""
    addons = paths.addon_names()
    if not addons:
        raise Failure("There are no add-ons in addons/.")
    unfinished = f"{name}_unfinished"
    databases.drop(unfinished)
    log.unlink(missing_ok=True)
    config = odoo_config.write_config(
        folder / "unfinished.conf", databases.server, databases.data_dir, unfinished
    )
    with step(f"Building the template database: {', '.join(addons)}"):
        odoo_config.install(config, unfinished, log, new=addons)
        odoo_config.script(config, unfinished, "assets", log=log)
    databases.drop(name)
    databases.rename(unfinished, name)


def forget_abandoned(databases: Databases) -> None:
    """Drop clones of runs that were killed."""
    for name in database.abandoned(databases.names(), databases.server.suffix):
        databases.drop(name)


def forget_old(databases: Databases, prefix: str, folder: Path) -> None:
    names = [name for name in databases.names() if name.startswith(prefix)]
    for name in names[:-KEPT]:
        databases.drop(name)
        (folder / f"{name}.log").unlink(missing_ok=True)
