import threading

from psycopg2 import errors
from psycopg2.extensions import (
    ISOLATION_LEVEL_READ_COMMITTED,
    ISOLATION_LEVEL_REPEATABLE_READ,
)

from odoo.tests import tagged

from odoo.addons.school_meal_base.tests.race_common import RaceCase

TAKE = """
    INSERT INTO benefit_journal
           (kind, school_id, company_id, school_year_start, last_number)
    VALUES ('application', 1, 1, 2026, 1)
    ON CONFLICT (school_id, school_year_start, kind) DO UPDATE
       SET last_number = benefit_journal.last_number + 1
    RETURNING last_number
"""


@tagged("post_install", "-at_install")
class TestBenefitRaces(RaceCase):
    """Two clerks register at once: no number is given twice, none is left out."""

    schema = "test_benefit_races"
    tables = ("benefit_journal",)

    def setUp(self):
        super().setUp()
        self._run(self.admin, "TRUNCATE benefit_journal")

    def _race(self, level, ends_well=True):
        """Let a second clerk begin before the first one is ready.

        :return: (number of the first, what the second got; "40001" is tried again)
        """
        one, two = self._connect(level), self._connect(level)
        self.addCleanup(one.close)
        self.addCleanup(two.close)
        self._run(two, "SELECT count(*) FROM benefit_journal")
        [(first,)] = self._run(one, TAKE)
        answers = []

        def run():
            try:
                answers.append(self._run(two, TAKE)[0][0])
                two.commit()
            except errors.SerializationFailure:
                answers.append("40001")
                two.rollback()

        thread = threading.Thread(target=run)
        thread.start()
        self._wait_for_lock()
        if ends_well:
            one.commit()
        else:
            one.rollback()
        thread.join()
        return first, answers[0]

    def _wait_for_lock(self):
        waiting = """
            SELECT 1 FROM pg_stat_activity
             WHERE wait_event_type = 'Lock' AND query LIKE '%benefit_journal%'
               AND pid <> pg_backend_pid()
        """
        for __ in range(2000):
            if self._run(self.admin, waiting):
                return
        self.fail("The second clerk did not wait for the first")

    def test_the_second_clerk_waits_and_gets_the_next_number(self):
        self.assertEqual(self._race(ISOLATION_LEVEL_READ_COMMITTED), (1, 2))

    def test_on_an_older_snapshot_the_second_clerk_begins_again(self):
        first, second = self._race(ISOLATION_LEVEL_REPEATABLE_READ)
        self.assertEqual((first, second), (1, "40001"))
        self.assertEqual(self._run(self._connect(), TAKE), [(2,)])

    def test_a_registration_that_fails_leaves_no_gap(self):
        first, second = self._race(ISOLATION_LEVEL_READ_COMMITTED, ends_well=False)
        self.assertEqual((first, second), (1, 1))
