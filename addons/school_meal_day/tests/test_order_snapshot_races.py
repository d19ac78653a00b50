from contextlib import contextmanager

import psycopg2
from psycopg2 import errors, sql

from odoo import SUPERUSER_ID, api
from odoo.sql_db import connection_info_for, db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .common import MONDAY

SCHEMA = "test_snapshot_races"
TABLES = ("meal_snapshot", "meal_snapshot_line", "meal_order", "school_school")


@tagged("post_install", "-at_install")
class TestSnapshotRaces(TransactionCase):
    """Two workers tell the kitchen of the same change at the same moment.

    Real cursors on copies of the tables, in a schema of their own.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        _name, info = connection_info_for(cls.env.cr.dbname)
        cls.admin = psycopg2.connect(**info)
        cls.admin.autocommit = True
        cls.addClassCleanup(cls._drop)
        cls._run(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        cls._run(f"CREATE SCHEMA {SCHEMA}")
        for table in TABLES:
            cls._run(
                f"CREATE TABLE {SCHEMA}.{table} (LIKE public.{table} INCLUDING ALL)"
            )
        for table, column in cls._run(
            "SELECT table_name, column_name FROM information_schema.columns"
            f" WHERE table_schema = '{SCHEMA}' AND is_nullable = 'NO'"
            " AND table_name IN ('school_school', 'meal_order')"
            " AND column_name <> 'id'"
        ):
            cls._run(
                sql.SQL("ALTER TABLE {} ALTER {} DROP NOT NULL").format(
                    sql.Identifier(SCHEMA, table), sql.Identifier(column)
                )
            )
        cls._run(f"INSERT INTO {SCHEMA}.school_school (id, company_id) VALUES (1, 1)")
        cls._run(
            f"INSERT INTO {SCHEMA}.meal_snapshot"
            " (school_id, company_id, date, kind, taken_at)"
            f" VALUES (1, 1, '{MONDAY}', 'order', now())"
        )
        # Ordered since the number of the morning.
        cls._run(
            f"INSERT INTO {SCHEMA}.meal_order"
            " (school_id, date, state, meal_type_id, age_group_id)"
            f" VALUES (1, '{MONDAY}', 'cooked',"
            f" {cls.env.ref('school_meal_day.meal_type_lunch').id},"
            f" {cls.env.ref('school_meal_day.meal_age_group_12').id})"
        )

    @classmethod
    def _drop(cls):
        cls._run(f"DROP SCHEMA {SCHEMA} CASCADE")
        cls.admin.close()

    @classmethod
    def _run(cls, query):
        with cls.admin.cursor() as cr:
            cr.execute(query)
            return cr.fetchall() if cr.description else None

    @contextmanager
    def _worker(self):
        cr = db_connect(self.env.cr.dbname).cursor()
        try:
            yield cr
        finally:
            cr.rollback()
            cr.close()

    def _begin(self, cr):
        """Begin a transaction with its view of the world; return its environment."""
        cr.execute(f"SET LOCAL search_path = {SCHEMA}, public")
        cr.execute("SET LOCAL lock_timeout = '300ms'")
        cr.execute("SELECT count(*) FROM meal_snapshot")
        return api.Environment(cr, SUPERUSER_ID, {})

    def _take(self, env):
        school = env["school.school"].browse(1)
        snapshot = env["meal.snapshot"]._take_correction(school, MONDAY)
        env.flush_all()
        return snapshot

    def test_a_change_is_told_once(self):
        with self._worker() as one, self._worker() as other:
            late = self._begin(other)
            self.assertTrue(self._take(self._begin(one)))
            one.commit()
            # Odoo repeats the call of who comes second; then there is nothing to tell.
            with mute_logger("odoo.sql_db"):
                with self.assertRaises(errors.SerializationFailure):
                    self._take(late)
                other.rollback()
            self.assertFalse(self._take(self._begin(other)))
        kinds = self._run(f"SELECT kind FROM {SCHEMA}.meal_snapshot ORDER BY id")
        self.assertEqual(kinds, [("order",), ("correction",)])
        self.assertEqual(
            self._run(f"SELECT quantity FROM {SCHEMA}.meal_snapshot_line"), [(1,)]
        )
