from contextlib import contextmanager

from psycopg2 import errors

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.school_meal_base.tests.race_common import RaceCase

from .common import MONDAY


@tagged("post_install", "-at_install")
class TestSnapshotRaces(RaceCase):
    """Two workers tell the kitchen of the same change at the same moment, on real
    cursors of Odoo."""

    schema = "test_snapshot_races"
    tables = ("meal_snapshot", "meal_snapshot_line", "meal_order", "school_school")
    relaxed = ("meal_order", "school_school")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._run(cls.admin, "INSERT INTO school_school (id, company_id) VALUES (1, 1)")
        cls._run(
            cls.admin,
            "INSERT INTO meal_snapshot (school_id, company_id, date, kind, taken_at)"
            f" VALUES (1, 1, '{MONDAY}', 'order', now())",
        )
        # Ordered since the number of the morning.
        cls._run(
            cls.admin,
            "INSERT INTO meal_order"
            " (school_id, date, state, meal_type_id, age_group_id)"
            f" VALUES (1, '{MONDAY}', 'cooked',"
            f" {cls.env.ref('school_meal_day.meal_type_lunch').id},"
            f" {cls.env.ref('school_meal_day.meal_age_group_12').id})",
        )

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
        schema = SQL.identifier(self.schema)
        cr.execute(SQL("SET LOCAL search_path = %s, public", schema))
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
        kinds = self._run(self.admin, "SELECT kind FROM meal_snapshot ORDER BY id")
        self.assertEqual(kinds, [("order",), ("correction",)])
        self.assertEqual(
            self._run(self.admin, "SELECT quantity FROM meal_snapshot_line"), [(1,)]
        )
