from contextlib import closing

from psycopg2 import errors
from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

from odoo.tests import tagged

from odoo.addons.school_meal_base.tests.race_common import RaceCase


@tagged("post_install", "-at_install")
class TestClosingRaces(RaceCase):
    """An order or event and the closing of its day at the same moment."""

    schema = "test_closing_races"
    tables = ("meal_day", "school_school")
    relaxed = ("school_school",)
    lock_timeout = "300ms"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._run(cls.admin, "INSERT INTO school_school (id, company_id) VALUES (1, 1)")

    def setUp(self):
        super().setUp()
        self._run(self.admin, "TRUNCATE meal_day")
        self._touch(self.admin)

    def _touch(self, connection):
        query = "SELECT meal_day_touch(1, '2026-11-16')"
        return self._run(connection, query)[0][0]

    def _take(self, connection):
        self._run(connection, "SELECT FROM meal_day FOR UPDATE")

    def test_the_closing_waits_for_what_is_being_written(self):
        with closing(self._connect()) as event, closing(self._connect()) as closer:
            self.assertFalse(self._touch(event))
            with self.assertRaises(errors.LockNotAvailable):
                self._take(closer)

    def test_events_do_not_wait_for_each_other(self):
        with closing(self._connect()) as one, closing(self._connect()) as other:
            self.assertFalse(self._touch(one))
            self.assertFalse(self._touch(other))

    def test_what_comes_waits_for_the_closing(self):
        with closing(self._connect()) as event, closing(self._connect()) as closer:
            self._take(closer)
            with self.assertRaises(errors.LockNotAvailable):
                self._touch(event)

    def test_what_began_before_the_day_was_closed_begins_anew(self):
        with closing(self._connect()) as event, closing(self._connect()) as closer:
            self._run(event, "SELECT 1 FROM meal_day")  # its view of the world
            self._take(closer)
            self._run(closer, "UPDATE meal_day SET state = 'closed'")
            closer.commit()
            with self.assertRaises(errors.SerializationFailure):
                self._touch(event)
            event.rollback()
            self.assertTrue(self._touch(event))

    def test_a_committed_statement_sees_the_day_closed(self):
        level = ISOLATION_LEVEL_READ_COMMITTED
        with closing(self._connect(level)) as event, closing(self._connect()) as closer:
            self._run(event, "SELECT 1 FROM meal_day")
            self._take(closer)
            self._run(closer, "UPDATE meal_day SET state = 'closed'")
            closer.commit()
            self.assertTrue(self._touch(event))

    def test_the_first_two_of_a_day(self):
        self._run(self.admin, "TRUNCATE meal_day")
        with closing(self._connect()) as one, closing(self._connect()) as other:
            self._run(other, "SELECT 1 FROM meal_day")
            self._touch(one)
            one.commit()
            with self.assertRaises(errors.SerializationFailure):
                self._touch(other)
            other.rollback()
            self.assertFalse(self._touch(other))
        self.assertEqual(self._run(self.admin, "SELECT count(*) FROM meal_day"), [(1,)])
