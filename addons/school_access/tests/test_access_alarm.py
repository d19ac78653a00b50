from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import MORNING
from .guard_common import GuardCase


@tagged("post_install", "-at_install")
class TestAccessAlarm(GuardCase):
    def _alarms(self, kind=None):
        domain = [("site_id", "=", self.site.id)]
        return self.env["access.alarm"].search(
            domain + ([("kind", "=", kind)] if kind else []), order="id"
        )

    def test_a_storm_is_one_alarm(self):
        alarms = self.env["access.alarm"]
        for _time in range(3):
            alarms._raise_alarm(
                "silent", self.controller.id, controller_id=self.controller.id
            )
        alarm = self._alarms()
        self.assertEqual(alarm.count, 3)
        self.assertEqual(alarm.point_id, self.point)
        self.assertEqual(alarm.school_id, self.school)
        self.assertEqual(alarm.company_id, self.city)

    def test_a_storm_in_one_batch_is_one_statement(self):
        storm = [
            {
                "kind": "unknown_card",
                "key": number % 5,
                "controller_id": self.controller.id,
            }
            for number in range(1000)
        ]
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.env["access.alarm"]._raise_many(storm)
        self.assertEqual(self._alarms().mapped("count"), [200] * 5)

    def test_after_it_was_closed_it_is_a_new_one(self):
        alarms = self.env["access.alarm"]
        first = alarms._raise_alarm("fire", 1, site_id=self.site.id)
        first._close("Exercise")
        second = alarms._raise_alarm("fire", 1, site_id=self.site.id)
        self.assertNotEqual(first, second)
        self.assertEqual(second.count, 1)
        self.assertEqual(first.note, "Exercise")

    def test_a_machine_closes_what_is_over(self):
        alarms = self.env["access.alarm"]
        alarm = alarms._raise_alarm("silent", 7, site_id=self.site.id)
        alarms._close_open("silent", [7])
        self.assertTrue(alarm.closed_at)

    def test_an_alarm_without_a_place_is_kept(self):
        alarm = self.env["access.alarm"]._raise_alarm(
            "unknown_controller", "web_json-1", company_id=self.city.id
        )
        self.assertEqual((alarm.company_id, alarm.site_id.id), (self.city, False))

    # === FROM EVENTS === #

    def _refuse(self, verdict, at=MORNING, **values):
        self._happened("refused", verdict=verdict, occurred_at=at, **values)

    @freeze_time(MORNING)
    def test_a_blocked_and_an_unknown_card_are_alarms(self):
        self._refuse("blocked_card", person=self.person.id)
        self._refuse("unknown_card", card="00000042D1BC")
        self._refuse("unknown_card", card="00000042D1BD")
        self._refuse("wrong_time", person=self.person.id)
        blocked, unknown = self._alarms()
        self.assertEqual(
            (blocked.kind, blocked.person_id), ("blocked_card", self.person)
        )
        self.assertEqual((unknown.kind, unknown.count), ("unknown_card", 2))
        # no number of a card is in what a guard may read
        self.assertNotIn("42D1BC", str(unknown.sudo().read()))

    @freeze_time(MORNING)
    def test_a_card_refused_long_ago_raises_nobody(self):
        long_ago = MORNING - timedelta(hours=1)
        self._refuse("blocked_card", long_ago, person=self.person.id)
        self.assertFalse(self._alarms())

    @freeze_time(MORNING)
    def test_doors_and_fire_are_alarms_by_their_codes(self):
        long_ago = MORNING - timedelta(hours=5)
        for code in (12, 14, 38, 39):
            self._happened("alarm", code=code, occurred_at=long_ago)
        kinds = self._alarms().mapped("kind")
        self.assertCountEqual(kinds, ["forced_door", "door_left_open", "fire", "other"])

    # === PEOPLE === #

    def test_taking_ends_a_moment_and_quietens_what_lasts(self):
        alarms = self.env["access.alarm"]
        door = alarms._raise_alarm("forced_door", 1, site_id=self.site.id)
        fire = alarms._raise_alarm("fire", 1, site_id=self.site.id)
        for alarm in door + fire:
            self._as_user(self.guard, alarm).action_take()
        self.assertEqual(door.closed_by_id, self.guard)
        self.assertEqual(fire.taken_by_id, self.guard)
        self.assertFalse(fire.closed_at)
        self.assertFalse(self._feed()["alarms"])
        alarms._raise_alarm("fire", 1, site_id=self.site.id)
        self.assertFalse(self._feed()["alarms"])
        self.assertEqual(self._journal(), ["begin", "alarm", "alarm"])

    def test_a_guard_changes_the_note_only(self):
        alarm = self.env["access.alarm"]._raise_alarm("fire", 1, site_id=self.site.id)
        mine = self._as_user(self.guard, alarm)
        mine.note = "Smoke in the kitchen"
        with self._refused(AccessError, "by its buttons only"):
            mine.closed_at = fields.Datetime.now()
        with self.assertRaises(AccessError):
            self._as_user(self.other_guard, alarm).action_take()
        with self.assertRaises(AccessError):
            mine.read(["key"])

    def test_what_nobody_takes_reaches_the_head_once(self):
        head = self._new_user("test_guard_head", "group_head", self.school)
        self._new_user("test_other_head", "group_head", self.second_school)
        alarms = self.env["access.alarm"]
        now = fields.Datetime.now()
        late = alarms._raise_alarm(
            "fire", 1, site_id=self.site.id, since=now - timedelta(minutes=6)
        )
        fresh = alarms._raise_alarm("forced_door", 1, site_id=self.site.id)
        taken = alarms._raise_alarm(
            "silent", 1, site_id=self.site.id, since=now - timedelta(minutes=6)
        )
        taken._take()
        alarms._cron_post()
        alarms._cron_post()
        activity = self.env["mail.activity"].search(
            [("res_model", "=", "access.alarm"), ("res_id", "in", (late + fresh).ids)]
        )
        self.assertEqual(activity.user_id, head)
        self.assertEqual(activity.res_id, late.id)
        self.assertFalse(taken.activity_ids)
        late._take()
        self.assertFalse(late.activity_ids)
