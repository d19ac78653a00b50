import json
import threading
from uuid import UUID

from psycopg2 import errors
from psycopg2.extensions import (
    ISOLATION_LEVEL_READ_COMMITTED,
    ISOLATION_LEVEL_REPEATABLE_READ,
)

from odoo.tests import tagged
from odoo.tools import file_open

from odoo.addons.school_meal_base.tests.race_common import RaceCase

LEVELS = (ISOLATION_LEVEL_READ_COMMITTED, ISOLATION_LEVEL_REPEATABLE_READ)
NOW = "2026-11-17 06:00:00"


@tagged("post_install", "-at_install")
class TestEventRaces(RaceCase):
    """Two gateways, or one that repeats itself, at the same moment."""

    schema = "test_access_event_races"
    tables = (
        "access_site",
        "access_point",
        "access_controller",
        "access_reader",
        "access_entry",
        "access_person",
        "access_presence",
    )
    relaxed = tables

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._run(cls.admin, f"SET search_path = {cls.schema}, public")
        for name in ("access_event", "access_event_record"):
            with file_open(f"school_access/sql/{name}.sql") as source:
                cls._run(cls.admin, source.read())

    def setUp(self):
        super().setUp()
        self._run(
            self.admin,
            """
            TRUNCATE access_site, access_point, access_controller, access_person,
                     access_presence;
            INSERT INTO access_site (id, school_id, company_id) VALUES (1, 1, 1);
            INSERT INTO access_point (id, site_id) VALUES (1, 1);
            INSERT INTO access_controller (id, point_id, company_id)
            VALUES (1, 1, 1), (2, 1, 1);
            INSERT INTO access_person (id, school_id, company_id)
            SELECT n, 1, 1 FROM generate_series(1, 500) AS n;
            """,
        )

    def _events(self, keys, minute=0, controller=1):
        return [
            {
                "controller": controller,
                "key": str(UUID(int=key)),
                "occurred_at": f"2026-11-17 05:{minute:02d}:00",
                "kind": "pass",
                "direction": "in",
                "person": key % 500 + 1,
            }
            for key in keys
        ]

    def _record(self, connection, events):
        with connection.cursor() as cr:
            at = events[0]["occurred_at"]
            columns = {name: [e[name] for e in events] for name in events[0]}
            cr.execute(
                "SELECT n FROM access_event_record("
                "%s::json, NULL, %s, %s, %s, ARRAY[%s::date])",
                [json.dumps(columns), NOW, at, at, at[:8] + "01"],
            )
            created = {number for (number,) in cr.fetchall()}
            return ["created" if n in created else "exists" for n in range(len(events))]

    def _until_recorded(self, level, events, answers):
        """As a request does: again after what a race makes PostgreSQL refuse.
        A deadlock is not among that."""
        connection = self._connect(level)
        try:
            while True:
                try:
                    answers.append(self._record(connection, events))
                    connection.commit()
                    return
                except errors.SerializationFailure:
                    connection.rollback()
        except Exception as error:  # noqa: BLE001 - reported by the test's thread
            answers.append(error)
        finally:
            connection.close()

    def _count(self, table):
        [(count,)] = self._run(self.admin, f"SELECT count(*) FROM {table}")
        return count

    def test_overlapping_batches_at_once_neither_deadlock_nor_double(self):
        before = self._count("access_event_log")
        for turn, level in enumerate(LEVELS):
            first = 1000 * (turn + 1)
            answers = []
            batches = [
                self._events(range(first, first + 400), turn),
                self._events(range(first + 599, first + 99, -1), turn),
                self._events(range(first + 599, first - 1, -3), turn),
            ]
            threads = [
                threading.Thread(
                    target=self._until_recorded, args=(level, events, answers)
                )
                for events in batches
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual([type(answer) for answer in answers], [list] * 3, answers)
            statuses = [status for answer in answers for status in answer]
            self.assertEqual(statuses.count("created"), 600)
            self.assertEqual(self._count("access_event_log") - before, 600 * (turn + 1))

    def test_the_second_waits_for_the_first_and_finds_its_event(self):
        events = self._events([7001], 30)
        first = self._connect(ISOLATION_LEVEL_READ_COMMITTED)
        self.addCleanup(first.close)
        self._record(first, events)
        answers = []
        second = threading.Thread(
            target=self._until_recorded,
            args=(ISOLATION_LEVEL_READ_COMMITTED, events, answers),
        )
        second.start()
        first.commit()
        second.join()
        self.assertEqual(answers, [["exists"]])

    def test_a_later_passage_of_another_connection_is_not_overwritten(self):
        late = self._connect(ISOLATION_LEVEL_READ_COMMITTED)
        self.addCleanup(late.close)
        self._record(late, self._events([8001], 40))
        answers = []
        other = threading.Thread(
            target=self._until_recorded,
            args=(
                ISOLATION_LEVEL_READ_COMMITTED,
                self._events([8001], 20, controller=2),
                answers,
            ),
        )
        other.start()
        late.commit()
        other.join()
        self.assertEqual(answers, [["created"]])
        [(since,)] = self._run(
            self.admin, "SELECT since::text FROM access_presence WHERE person_id = 2"
        )
        self.assertEqual(since, "2026-11-17 05:40:00")

    def test_two_who_need_the_part_of_a_month_make_it_once(self):
        events = [
            {**event, "occurred_at": "2026-03-02 05:00:00"}
            for event in self._events([9001])
        ]
        answers = []
        threads = [
            threading.Thread(
                target=self._until_recorded,
                args=(level, [{**events[0], "controller": turn + 1}], answers),
            )
            for turn, level in enumerate(LEVELS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(answers, [["created"], ["created"]])
        self.assertEqual(self._count("access_event_log_2026_03"), 2)
