"""A PostgreSQL server of the user's own, named by PG* variables.

Others may use it too: other checkouts, other machines.  So the names of our databases
end in a key of this checkout, and only such databases are ever dropped.
"""

from __future__ import annotations

import hashlib
import os
import secrets

from . import paths
from .console import Failure, say, step
from .server import ROLE, Server

NAMING = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE")
OLDEST = 150000  # PostgreSQL 15: what the ledger's tables need
KEY = paths.VAR / "database-key"
USED = paths.VAR / "external-servers"


def is_named() -> bool:
    """Do the variables name a server?"""
    return any(os.environ.get(name) for name in NAMING)


def drop_stray_variables() -> None:
    """A PGUSER or PGSSLMODE without a server must not leak into the embedded one."""
    stray = sorted(name for name in os.environ if name.startswith("PG"))
    if stray:
        say(
            f"    note: {', '.join(stray)} ignored: no server is named "
            f"({', '.join(NAMING)}), the embedded PostgreSQL is used"
        )
    for name in stray:
        del os.environ[name]


def connect() -> Server:
    """The server libpq finds by the variables, when it is fit for Odoo."""
    server, problem = probe()
    if problem:
        raise Failure(f"{server.user}@{server.host}:{server.port}: {problem}")
    address = f"{server.user}@{server.host}:{server.port}"
    say(f"==> PostgreSQL: {address}, databases school_meal_*{server.suffix}")
    remember(address)
    return server


def probe() -> tuple[Server, str]:
    """The server, and what is wrong with it in one sentence."""
    try:
        import psycopg2
    except ImportError:
        raise Failure("The Python packages are incomplete; run make setup.") from None
    try:
        connection = psycopg2.connect(
            dbname="postgres", connect_timeout=10, **defaults()
        )
    except psycopg2.OperationalError as error:
        named = [f"{n}={os.environ[n]}" for n in (*NAMING, "PGUSER") if n in os.environ]
        raise Failure(
            f"No connection to the PostgreSQL of {' '.join(named)}: "
            f"{str(error).strip()}\nCorrect PGHOST, PGPORT, PGUSER, PGPASSWORD, or "
            "unset them to use the embedded PostgreSQL."
        ) from None
    try:
        info = connection.info
        server = Server(
            info.host, str(info.port), info.user, suffix=suffix(info.host, info.port)
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles"
                " WHERE rolname = current_user"
            )
            may_create = cursor.fetchone()[0]
        return server, unfit(info.user, connection.server_version, may_create)
    finally:
        connection.close()


def defaults() -> dict[str, str]:
    """What libpq would guess otherwise than one expects here."""
    values = {}
    if not any(os.environ.get(n) for n in ("PGHOST", "PGHOSTADDR", "PGSERVICE")):
        values["host"] = "localhost"
    if not (os.environ.get("PGUSER") or os.environ.get("PGSERVICE")):
        values["user"] = ROLE
    return values


def unfit(user: str, version: int, may_create: bool) -> str:
    """Why a server cannot be used, empty when it can.

    >>> unfit("odoo", 140011, True)
    'PostgreSQL 14 is too old, 15 or newer is needed.'
    """
    if user == "postgres":
        return (
            "Odoo refuses the superuser postgres. Create a role once\n"
            "  createuser --createdb odoo\nand run with PGUSER=odoo."
        )
    if version < OLDEST:
        return f"PostgreSQL {version // 10000} is too old, 15 or newer is needed."
    if not may_create:
        return f'the role may not create databases; ALTER ROLE "{user}" CREATEDB;'
    return ""


# ------------------------------------------------------------- what is ours there


def suffix(host: str, port: int) -> str:
    """End of database names: differs by checkout, by machine and by server."""
    if not KEY.exists():
        KEY.parent.mkdir(parents=True, exist_ok=True)
        KEY.write_text(secrets.token_hex(8))
    text = f"{KEY.read_text()} {paths.ROOT} {host} {port}"
    return "_k" + hashlib.sha256(text.encode()).hexdigest()[:8]


def remember(address: str) -> None:
    """Note that databases of ours are on a server, for ``make clean``."""
    known = used()
    if address not in known:
        USED.write_text("".join(f"{line}\n" for line in [*known, address]))


def used() -> list[str]:
    return USED.read_text().splitlines() if USED.exists() else []


def remove_all() -> None:
    """Drop our databases on the named server; refuse to forget those on others."""
    if not used():
        return
    if is_named():
        from .database import Databases

        server = connect()
        databases = Databases(server, paths.VAR)
        for name in databases.names():
            if name.startswith("school_meal_") and server.suffix in name:
                with step(f"Dropping the database {name}"):
                    databases.drop(name)
        address = f"{server.user}@{server.host}:{server.port}"
        left = [line for line in used() if line != address]
        USED.write_text("".join(f"{line}\n" for line in left))
    if used():
        raise Failure(
            f"Databases of this checkout are on {', '.join(used())}.\n"
            "Run make clean with the PG* variables of that server, or delete "
            f"{USED} to leave them there."
        )
