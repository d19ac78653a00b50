from datetime import datetime, timedelta

from odoo.tests import tagged

from odoo.addons.school_meal_day.tests.order_common import MONDAY, SUNDAY

from .common import FIRST_LESSON, LOOKED_AT, NOON, AttendanceCase

MINUTE = timedelta(minutes=1)


@tagged("post_install", "-at_install")
class TestAttendanceDay(AttendanceCase):
    def test_before_lessons_everybody_is_expected(self):
        self._recount()
        self.assertEqual(self._states(), {"expected"})

    def test_who_came_in_time_is_present(self):
        self._recount()
        self._come(self.kids, FIRST_LESSON + 5 * MINUTE)
        self.assertEqual(self._states(), {"present"})
        self.assertEqual(self._day().source, "access")

    def test_a_minute_after_the_grace_is_late(self):
        self._recount()
        self._come(self.absentee, FIRST_LESSON + 6 * MINUTE)
        day = self._day()
        self.assertEqual((day.state, day.minutes_late), ("late", 6))
        self.assertEqual(day.arrived_at, FIRST_LESSON + 6 * MINUTE)

    def test_passages_before_the_day_was_counted_are_not_lost(self):
        self._come(self.kids)
        self._recount()
        self.assertEqual(self._states(), {"present"})

    def test_who_is_missing_on_a_trusted_day_is_absent(self):
        self._morning()
        day = self._day()
        self.assertEqual((day.state, day.source), ("absent", "access"))
        self.assertEqual(self._states(self.kids - self.absentee), {"present"})

    def test_left_early_and_came_back(self):
        self._morning()
        kid = self.classmate
        self._leave(kid, NOON - 60 * MINUTE)
        day = self._day(kid)
        self.assertEqual((day.state, day.minutes_early), ("left_early", 180))
        self.assertEqual(day.left_at, NOON - 60 * MINUTE)
        self._come(kid, NOON - 40 * MINUTE)
        day = self._day(kid)
        self.assertEqual((day.state, day.left_at), ("present", False))

    def test_who_goes_home_after_lessons_has_not_left_early(self):
        self._morning()
        self._leave(self.classmate, datetime(2026, 11, 16, 10, 56))
        day = self._day(self.classmate)
        self.assertEqual(day.state, "present")
        self.assertTrue(day.left_at)

    def test_an_exit_without_an_entry_is_presence(self):
        self._morning()
        self._leave(self.absentee, datetime(2026, 11, 16, 11, 0))
        self.assertEqual(self._state(), "present")

    def test_a_door_inside_is_no_exit(self):
        inner = self.env["access.point"].create(
            {
                "name": "Gym",
                "site_id": self.site.id,
                "zone_from_id": self.zone.id,
                "zone_id": self.zone.copy({"name": "Gym"}).id,
            }
        )
        controller = self._new_controller(inner, "44375", last_seen=LOOKED_AT)
        self._morning()
        self._come(self.classmate, NOON, controller=controller.id, direction="out")
        self.assertEqual(self._state(self.classmate), "present")
        self._recount()
        self.assertFalse(self._day(self.classmate).left_at)

    def test_who_was_refused_is_at_the_door_and_not_absent(self):
        self._recount()
        self._come(self.absentee, kind="refused", verdict="no_rule")
        self._come(self.kids - self.absentee)
        self._move(LOOKED_AT)
        self._recount()
        self.assertEqual(self._state(), "unknown")

    def test_a_time_of_a_wrong_clock_is_not_counted(self):
        self._recount()
        self._come(self.absentee, FIRST_LESSON + 20 * MINUTE, is_clock_wrong=True)
        self._come(self.kids - self.absentee)
        self._move(LOOKED_AT)
        self._recount()
        day = self._day()
        self.assertEqual((day.state, day.arrived_at), ("unknown", False))

    def test_reported_absence_goes_before_all(self):
        self._report(self.absentee, reason="illness", source="parent")
        self._morning()
        day = self._day()
        self.assertEqual((day.state, day.source), ("excused", "parent"))
        self.assertEqual(day.absence_reason, "illness")
        self._come(self.absentee, LOOKED_AT)
        self.assertEqual(self._state(), "excused")

    def test_absent_without_a_reason_is_not_excused(self):
        self._morning()
        absence = self._report(self.absentee, reason="unexcused", source="teacher")
        self.assertEqual(self._state(), "absent")
        absence._withdraw()
        self.assertEqual(self._day().source, "access")

    def test_the_teacher_confirms_who_is_not_absent(self):
        self._morning()
        self.env["meal.attendance"]._confirm(self.class_5a, MONDAY)
        day = self._day()
        self.assertEqual((day.state, day.source), ("present", "teacher"))
        self.assertTrue(day.is_confirmed)

    def test_late_passages_correct_a_confirmed_day_with_a_note(self):
        self._morning()
        self.env["meal.attendance"]._confirm(self.class_5a, MONDAY)
        self._move(NOON)
        self._come(self.absentee, FIRST_LESSON + 30 * MINUTE)
        self.assertEqual(self._state(), "late")
        changes = self.env["attendance.change"].search([])
        self.assertEqual(changes.student_id, self.absentee)
        self.assertEqual((changes.from_state, changes.to_state), ("present", "late"))
        self._recount()
        self.assertEqual(len(self.env["attendance.change"].search([])), 1)

    def test_counting_again_changes_nothing(self):
        self._morning()
        before = self._day().read()
        versions = "SELECT array_agg(xmin::text ORDER BY id) FROM attendance_day"
        self.env.cr.execute(versions)
        [(rows,)] = self.env.cr.fetchall()
        for __ in range(2):
            self._recount()
        self.env.cr.execute(versions)
        self.assertEqual(self.env.cr.fetchall(), [(rows,)])
        self.assertEqual(self._day().read(), before)

    def test_the_batch_and_the_recount_say_the_same(self):
        self._recount()
        self._come(self.kids[:5], FIRST_LESSON + 9 * MINUTE)
        self._leave(self.kids[:2], FIRST_LESSON + 60 * MINUTE)
        batch = self._facts(self.kids[:5])
        self.env.cr.execute("DELETE FROM attendance_day WHERE date = %s", [MONDAY])
        self.env.invalidate_all()
        self._recount()
        self.assertEqual(self._facts(self.kids[:5]), batch)

    def _facts(self, students):
        return [
            (
                day.state,
                day.arrived_at,
                day.left_at,
                day.minutes_late,
                day.minutes_early,
            )
            for day in map(self._day, students)
        ]

    def test_only_taught_classes_and_enrolled_children(self):
        self._period("remote", classes=self.class_5a)
        self._recount()
        self.assertFalse(self._day())
        self.assertTrue(self._day(self.sibling))
        self._recount(day=SUNDAY)
        self.assertFalse(self._day(self.sibling, SUNDAY))

    def test_a_day_that_becomes_remote_is_forgotten(self):
        self._morning()
        self._period("quarantine", classes=self.class_5a)
        self._recount()
        self.assertFalse(self._day())

    def test_an_own_bell_of_class_and_weekday(self):
        self.env["attendance.bell"].create(
            [
                {
                    "school_id": self.school.id,
                    "class_id": self.class_5a.id,
                    "weekday": "0",
                    "first_lesson": 9.0,
                    "last_lesson": 12.0,
                }
            ]
        )
        self._recount()
        self.assertEqual(self._day().starts_at, datetime(2026, 11, 16, 6, 0))
        self.assertEqual(self._day(self.sibling).starts_at, FIRST_LESSON)

    def test_presence_of_all_callers(self):
        self._morning()
        presence = self.school._get_presence(MONDAY)
        self.assertEqual(presence[self.absentee.id], "absent")
        self.assertEqual(presence[self.classmate.id], "present")
        self.assertNotIn(self.sibling.id, presence)

    def test_presence_people_go_before_the_gate(self):
        self._report(self.classmate, source="parent")
        self._morning()
        presence = self.school._get_presence(MONDAY)
        self.assertEqual(presence[self.classmate.id], "absent")
        self.env["meal.attendance"]._confirm(self.class_5a, MONDAY)
        presence = self.school._get_presence(MONDAY)
        self.assertEqual(presence[self.absentee.id], "present")
