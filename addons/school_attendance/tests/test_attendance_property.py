"""Moments of a day whatever the school's clock: nothing falls between two days."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401
from odoo.addons.school_meal_day.tests.order_common import MONDAY

from .common import AttendanceCase

NOVOKUZNETSK = ZoneInfo("Asia/Novokuznetsk")
MINUTES = st.integers(0, 24 * 60 - 1)


def _utc(minute, day=MONDAY):
    local = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=NOVOKUZNETSK)
    return local.astimezone(UTC).replace(tzinfo=None)


@tagged("post_install", "-at_install")
class TestAttendanceProperty(AttendanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.school.tz = "Asia/Novokuznetsk"

    @settings(max_examples=40)
    @given(
        shift=st.sampled_from(["1", "2"]),
        entries=st.lists(MINUTES, min_size=1, max_size=3),
        exits=st.lists(MINUTES, max_size=2),
        is_counted_first=st.booleans(),
    )
    def test_a_day_of_passages(self, shift, entries, exits, is_counted_first):
        with self.env.cr.savepoint() as savepoint:
            self._at(_utc(0, MONDAY + timedelta(days=1)))
            self.class_5a.shift = shift
            if is_counted_first:
                self._recount()
            self._record(entries, "in")
            self._record(exits, "out")
            self._recount()
            day = self._day()
            first, last = (510, 840) if shift == "1" else (840, 1110)
            self.assertEqual(day.starts_at, _utc(first))
            self.assertEqual(day.arrived_at, _utc(min(entries)))
            is_out = bool(exits) and max(exits) > max(entries)
            self.assertEqual(day.left_at, _utc(max(exits)) if is_out else False)
            late = min(entries) - first
            self.assertEqual(day.minutes_late, late if late > 5 else 0)
            if is_out and max(exits) < last - 5:
                self.assertEqual(day.state, "left_early")
            else:
                self.assertEqual(day.state, "late" if late > 5 else "present")
            self.assertFalse(self._day(day=MONDAY - timedelta(days=1)))
            savepoint.rollback()
            self.env.invalidate_all()

    def _record(self, minutes, direction):
        person = self._person_of(self.absentee)
        self.env["access.event"]._record(
            [
                {
                    "controller": self.controller.id,
                    "key": str(uuid4()),
                    "occurred_at": _utc(minute),
                    "kind": "pass",
                    "direction": direction,
                    "person": person.id,
                    "verdict": "granted",
                }
                for minute in minutes
            ]
        )

    def test_midnight_of_the_school_parts_the_days(self):
        self._at(_utc(0, MONDAY + timedelta(days=2)))
        tuesday = MONDAY + timedelta(days=1)
        self._recount()
        self._recount(day=tuesday)
        last, first = _utc(24 * 60 - 1), _utc(0, tuesday)
        self.assertEqual(first - last, timedelta(minutes=1))
        self._come(self.absentee, last)
        self._come(self.absentee, first)
        self.assertEqual(self._day().arrived_at, last)
        self.assertEqual(self._day(day=tuesday).arrived_at, first)
