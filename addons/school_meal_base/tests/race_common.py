"""Two real connections at once, for tests of what they do to each other."""

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import (
    ISOLATION_LEVEL_READ_COMMITTED,
    ISOLATION_LEVEL_REPEATABLE_READ,
)

from odoo.sql_db import connection_info_for
from odoo.tests import TransactionCase


class RaceCase(TransactionCase):
    """What they commit is on copies of the tables, in a schema of its own."""

    schema = None
    #: Tables of the public schema to copy, without their rows and foreign keys.
    tables = ()
    #: Those of them whose columns may be left empty: what the test does not look at.
    relaxed = ()
    lock_timeout = "20s"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls._connect(ISOLATION_LEVEL_READ_COMMITTED)
        cls.admin.autocommit = True
        cls.addClassCleanup(cls._drop)
        schema = sql.Identifier(cls.schema)
        cls._run(cls.admin, sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(schema))
        cls._run(cls.admin, sql.SQL("CREATE SCHEMA {}").format(schema))
        for table in cls.tables:
            cls._run(
                cls.admin,
                sql.SQL("CREATE TABLE {0}.{1} (LIKE public.{1} INCLUDING ALL)").format(
                    schema, sql.Identifier(table)
                ),
            )
        for table in cls.relaxed:
            cls._relax(table)

    @classmethod
    def _relax(cls, table):
        with cls.admin.cursor() as cr:
            cr.execute(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_schema = %s AND table_name = %s"
                "   AND is_nullable = 'NO' AND column_name <> 'id'",
                [cls.schema, table],
            )
            for (column,) in cr.fetchall():
                cr.execute(
                    sql.SQL("ALTER TABLE {} ALTER {} DROP NOT NULL").format(
                        sql.Identifier(cls.schema, table), sql.Identifier(column)
                    )
                )

    @classmethod
    def _drop(cls):
        schema = sql.Identifier(cls.schema)
        cls._run(cls.admin, sql.SQL("DROP SCHEMA {} CASCADE").format(schema))
        cls.admin.close()

    @classmethod
    def _connect(cls, level=ISOLATION_LEVEL_REPEATABLE_READ):
        _name, info = connection_info_for(cls.env.cr.dbname)
        connection = psycopg2.connect(
            **info,
            options=f"-c search_path={cls.schema},public"
            f" -c lock_timeout={cls.lock_timeout}",
        )
        connection.set_isolation_level(level)
        return connection

    @staticmethod
    def _run(connection, query):
        with connection.cursor() as cr:
            cr.execute(query)
            return cr.fetchall() if cr.description else None
