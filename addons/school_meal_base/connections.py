"""Connections that a process keeps for the ledger between requests.

Odoo makes a connection forget its plans whenever it is borrowed (``DISCARD ALL``), and
PostgreSQL then plans every statement of the ledger's functions anew: that takes several
times as long as the operation itself. A kept connection is planned once.

It is autocommitting or READ COMMITTED, idle between two uses, and holds no lock and no
snapshot then. Odoo closes it with the others of its pool (fork, dropped database).
"""

import atexit
import contextlib
import os
from collections import defaultdict, deque

import psycopg2

from odoo.sql_db import Cursor

#: (process id, database) -> cursors that nobody uses now
_idle = defaultdict(deque)


@contextlib.contextmanager
def kept_cursor(registry, level):
    """Yield a cursor at an isolation level of psycopg2; commit it at the end.

    A connection that has died meanwhile is noticed by its first statement, which raises
    `psycopg2.OperationalError`: repeat with a new one. A test's cursor,
    which shares one transaction, is passed on as it is.
    """
    cr = _take(registry)
    if not isinstance(cr, Cursor):
        with cr:
            yield cr
        return
    try:
        cr.connection.set_isolation_level(level)
        yield cr
        # The cursor is the ledger's own.
        cr.commit()  # pylint: disable=invalid-commit
    except BaseException:
        with contextlib.suppress(psycopg2.Error):
            cr.rollback()
        raise
    finally:
        _give_back(cr)


def _take(registry):
    idle = _idle[os.getpid(), registry.db_name]
    while idle:
        cr = idle.pop()
        if not cr.closed:
            return cr
    return registry.cursor()


def _give_back(cr):
    if not cr.closed:
        cr.transaction = None  # the next one may find another registry
        _idle[os.getpid(), cr.dbname].append(cr)


@atexit.register
def close_kept():
    """Close the idle cursors of this process."""
    for (process, _database), idle in _idle.items():
        while idle and process == os.getpid():
            cr = idle.pop()
            if not cr.closed:
                cr.close()
