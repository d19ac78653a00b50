from datetime import date, datetime

import psycopg2
from freezegun import freeze_time
from psycopg2 import errors

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MORNING
from .events_common import EventsCase


@tagged("post_install", "-at_install")
class TestEventLog(EventsCase):
    """What the database itself holds of the log, read from its catalogue."""

    def _fetch(self, query, *params):
        self.env.cr.execute(query, params)
        return self.env.cr.fetchall()

    def _parts(self):
        return dict(
            self._fetch("SELECT part::text, month FROM access_event_parts() ORDER BY 1")
        )

    # === CATALOGUE === #

    def test_the_log_is_parted_by_time(self):
        [(strategy, column)] = self._fetch(
            """
            SELECT p.partstrat, a.attname FROM pg_partitioned_table p
              JOIN pg_attribute a ON a.attrelid = p.partrelid
               AND a.attnum = ANY(p.partattrs::int[])
             WHERE p.partrelid = 'access_event_log'::regclass
            """
        )
        self.assertEqual((strategy, column), ("r", "occurred_at"))

    def test_a_controller_s_event_is_unique(self):
        [(definition,)] = self._fetch(
            """
            SELECT pg_get_constraintdef(oid) FROM pg_constraint
             WHERE conname = 'access_event_log_event_uniq'
               AND conrelid = 'access_event_log'::regclass
            """
        )
        self.assertEqual(
            definition,
            "UNIQUE NULLS NOT DISTINCT (controller_id, occurred_at, event_key)",
        )

    def test_the_log_is_searched_by_time(self):
        found = self._fetch(
            """
            SELECT array_agg(a.attname::text ORDER BY k.n)
              FROM pg_index i,
                   unnest(i.indkey::int[]) WITH ORDINALITY AS k(attnum, n),
                   pg_attribute a
             WHERE i.indrelid = 'access_event_log'::regclass
               AND a.attrelid = i.indrelid AND a.attnum = k.attnum
             GROUP BY i.indexrelid
            """
        )
        for columns in (
            ["person_id", "occurred_at"],
            ["school_id", "occurred_at"],
            ["occurred_at"],
        ):
            self.assertIn((columns,), found)

    def test_every_part_refuses_changes_whatever_the_session_says(self):
        for part in ["access_event_log", *self._parts()]:
            found = self._fetch(
                """
                SELECT t.tgname::text, t.tgenabled, t.tgtype FROM pg_trigger t
                 WHERE t.tgrelid = %s::regclass
                   AND t.tgfoid = 'access_event_refuse_change'::regproc
                 ORDER BY 1
                """,
                part,
            )
            # tgtype: 1 row + 2 before + 8 delete + 16 update; 2 before + 32 truncate
            self.assertEqual(
                found,
                [
                    ("access_event_log_kept", "A", 27),
                    ("access_event_log_not_emptied", "A", 34),
                ],
                part,
            )

    def test_there_are_parts_for_the_months_to_come(self):
        self.env["access.event"]._cron_parts()
        today = date.today()
        months = {month for month in self._parts().values() if month}
        for ahead in (0, 1, 2):
            year, month = divmod(today.month - 1 + ahead, 12)
            self.assertIn(date(today.year + year, month + 1, 1), months)

    # === REFUSED BY THE DATABASE === #

    def _refused(self, error, query, *params):
        with (
            self.assertRaises(error),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(query, params)

    def test_nothing_changes_or_deletes_events(self):
        event = self._taps(self._event())
        [(part,)] = self._fetch(
            "SELECT tableoid::regclass::text FROM access_event_log WHERE id = %s",
            event.id,
        )
        for statement in (
            "UPDATE access_event_log SET verdict = 'granted' WHERE id = %s",
            "UPDATE access_event SET verdict = 'granted' WHERE id = %s",
            "DELETE FROM access_event_log WHERE id = %s",
            f"UPDATE {part} SET verdict = 'granted' WHERE id = %s",
            f"DELETE FROM {part} WHERE id = %s",
        ):
            self._refused(psycopg2.Error, statement, event.id)
        for table in ("access_event_log", part, "access_event_log_rest"):
            self._refused(errors.CheckViolation, f"TRUNCATE {table}")
        self.assertTrue(event.exists())

    def test_the_orm_writes_no_events(self):
        event = self._taps(self._event())
        for call in (
            lambda: event.write({"verdict": "granted"}),
            event.unlink,
            lambda: self.env["access.event"].create({"kind": "pass"}),
        ):
            with (
                self.assertRaises(psycopg2.Error),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                call()
                self.env.flush_all()

    def test_a_correction_has_a_user_and_a_reason_and_others_a_controller(self):
        values = {
            "occurred_at": MORNING,
            "received_at": MORNING,
            "event_key": "00000000-0000-0000-0000-000000000001",
            "site_id": self.site.id,
            "school_id": self.school.id,
            "company_id": self.city.id,
        }
        for extra in (
            {"kind": "pass"},
            {"kind": "correction", "person_id": 1, "user_id": 1},
            {"kind": "correction", "person_id": 1, "reason": "seen"},
            {"kind": "pass", "controller_id": 1, "moves_to": "inside"},
            {"kind": "refused", "controller_id": 1, "person_id": 1,
             "moves_to": "inside"},
        ):  # fmt: skip
            row = {**values, **extra}
            self._refused(
                errors.CheckViolation,
                f"INSERT INTO access_event_log ({', '.join(row)})"
                f" VALUES ({', '.join(['%s'] * len(row))})",
                *row.values(),
            )

    # === PARTS === #

    def test_an_event_of_another_month_gets_its_part(self):
        event = self._taps(self._event(datetime(2026, 5, 3, 7)))
        [(part,)] = self._fetch(
            "SELECT tableoid::regclass::text FROM access_event_log WHERE id = %s",
            event.id,
        )
        self.assertEqual(part, "access_event_log_2026_05")

    def test_a_mad_clock_makes_no_parts_and_loses_nothing(self):
        before = self._parts()
        times = [datetime(1999, 1, 1), datetime(2099, 1, 1), datetime(2020, 2, 2)]
        events = self._taps(*[self._event(at) for at in times])
        self.assertEqual(self._parts(), before)
        self.assertEqual(events.mapped("occurred_at"), times)
        self.assertEqual(self.env["access.event"]._count_rest(), 3)

    def test_rows_that_wait_in_the_rest_move_into_their_part(self):
        at = datetime(2031, 4, 9, 7)
        other = self._taps(self._event(datetime(1999, 1, 1)))
        event = self._taps(self._event(at))
        self.assertEqual(
            self._fetch("SELECT access_event_make_part('2031-04-20')"), [(True,)]
        )
        self.assertEqual(
            self._fetch("SELECT access_event_make_part('2031-04-01')"), [(False,)]
        )
        parts = dict(
            self._fetch(
                "SELECT id, tableoid::regclass::text FROM access_event_log"
                " WHERE id = ANY(%s)",
                [event.id, other.id],
            )
        )
        self.assertEqual(
            parts,
            {event.id: "access_event_log_2031_04", other.id: "access_event_log_rest"},
        )
        self.test_every_part_refuses_changes_whatever_the_session_says()

    # === RETENTION === #

    def test_whole_months_go_when_they_are_older_than_the_setting(self):
        self.env["ir.config_parameter"].sudo().set_param(
            "school_access.event_months", "6"
        )
        old = self._taps(self._event(datetime(2026, 4, 30, 23)))
        kept = self._taps(self._event(datetime(2026, 5, 1, 1)))
        self.env["access.event"]._cron_parts()
        self.assertFalse(old.exists())
        self.assertTrue(kept.exists())
        self.assertNotIn(date(2026, 4, 1), self._parts().values())

    def test_events_of_mad_clocks_go_as_long_after_they_came(self):
        self._taps(self._event(datetime(1999, 1, 1)))
        rest = self.env["access.event"]._count_rest
        self.env["access.event"]._cron_parts()
        self.assertEqual(rest(), 1)
        with freeze_time("2030-01-01"):
            kept = self._taps(self._event(datetime(2099, 1, 1)))
            self.env["access.event"]._cron_parts()
        self.assertEqual(rest(), 1)
        self.assertTrue(kept.exists())
        self.test_every_part_refuses_changes_whatever_the_session_says()

    def test_nothing_goes_when_the_setting_makes_no_sense(self):
        kept = self._taps(self._event(datetime(2025, 12, 1)))
        for value in ("", "0", "-5", "many", "2"):
            self.env["ir.config_parameter"].sudo().set_param(
                "school_access.event_months", value
            )
            self.env["access.event"]._cron_parts()
            self.assertTrue(kept.exists(), value)
