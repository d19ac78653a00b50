from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..channels.seam import DEAD, RETRY, UNCERTAIN, Outcome
from ..const import RETRY_SECONDS
from .common import MORNING
from .notice_common import NoticeCase


@tagged("post_install", "-at_install")
class TestOutbox(NoticeCase):
    """What becomes a notice, for whom, and what does not."""

    def test_an_arrival_waits_in_the_outbox_of_its_own_transaction(self):
        notice = self._tap()
        self.assertEqual(notice.state, "queued")
        self.assertEqual(notice.kind, "arrival")
        self.assertEqual(notice.partner_id, self.mother)
        self.assertEqual(notice.school_id, self.school)

    def test_a_parent_who_chose_nothing_gets_nothing(self):
        self.choice.state = "off"
        self.assertFalse(self._tap())

    def test_the_same_event_is_told_once(self):
        self._tap()
        row = {
            "id": self._get_notices().event_id,
            "kind": "pass",
            "student_id": self.student.id,
            "school_id": self.school.id,
            "point_id": self.point.id,
            "direction": "in",
            "occurred_at": MORNING,
            "is_counted": True,
        }
        self.notices._enqueue([row, row])
        self.assertEqual(len(self._get_notices()), 1)

    def test_who_is_no_guardian_any_more_gets_nothing(self):
        self.student.guardian_ids.active = False
        self.assertFalse(self._tap())

    def test_a_relative_whose_notices_are_off_gets_nothing(self):
        self.student.guardian_ids.is_notified = False
        self.assertFalse(self._tap())

    def test_a_guardian_struck_off_before_the_sending_is_not_told(self):
        notice = self._tap()
        self.student.guardian_ids.active = False
        self.env.flush_all()
        self.assertFalse(self._send())
        self.assertEqual((notice.state, notice.reason), ("suppressed", "guardian"))

    def test_a_choice_taken_back_before_the_sending_counts(self):
        notice = self._tap()
        self.choice.state = "off"
        self.env.flush_all()
        self.assertFalse(self._send())
        self.assertEqual((notice.state, notice.reason), ("suppressed", "off"))

    def test_parents_of_other_children_are_not_told(self):
        father = self.env["res.partner"].create({"name": "Petrov Pavel"})
        self.env["school.guardian"].create(
            {"student_id": self.classmate.id, "partner_id": father.id}
        )
        self.env["access.address"]._get_or_create(father, "telegram")._prove("78")
        self._choose(father, self.classmate)
        # a choice for a child that is not theirs, however it came to be
        self._choose(father, self.student)
        self.assertEqual(self._tap().partner_id, self.mother)

    def test_a_child_who_moved_is_told_of_with_the_school_it_passed(self):
        self.student.write(
            {
                "school_id": self.second_school.id,
                "class_id": self._new_class(self.second_school, 5, "В").id,
            }
        )
        self.assertEqual(self._tap().school_id, self.school)

    def test_what_is_not_counted_is_no_news(self):
        self._tap(kind="opened")
        self._tap(kind="refused", verdict="no_rule")
        self.assertFalse(self._get_notices())

    def test_a_door_inside_the_school_is_no_news(self):
        hall = self.env["access.zone"].create({"name": "Gym", "site_id": self.site.id})
        door = self.env["access.point"].create(
            {
                "name": "Gym",
                "site_id": self.site.id,
                "zone_id": hall.id,
                "zone_from_id": self.zone.id,
            }
        )
        self._tap(controller=self._new_controller(door, "5"))
        self.assertFalse(self._get_notices())

    def test_a_refusal_is_told_to_whoever_wants_it(self):
        self.choice.refused = True
        self.assertEqual(self._tap(kind="refused", verdict="no_rule").kind, "refused")

    def test_yesterdays_arrival_is_kept_and_not_sent(self):
        notice = self._tap(now=MORNING + timedelta(days=1))
        self.assertEqual((notice.state, notice.reason), ("suppressed", "late"))

    def test_how_late_is_news_is_a_setting(self):
        self.env["ir.config_parameter"].set_param(
            "school_access.notice_late_minutes", 120
        )
        self.assertEqual(self._tap(now=MORNING + timedelta(minutes=90)).state, "queued")

    # === CHOICES === #

    def test_only_the_hours_of_the_parent(self):
        self.choice.hour_from, self.choice.hour_to = 9, 18
        self.assertFalse(self._tap())
        self.assertTrue(self._tap(at=MORNING + timedelta(hours=1)))

    def test_hours_may_go_over_midnight(self):
        self.choice.hour_from, self.choice.hour_to = 20, 9
        self.assertTrue(self._tap())
        self.assertEqual(len(self._tap("out", MORNING + timedelta(hours=4))), 1)

    def test_only_the_kinds_of_the_parent(self):
        self.choice.write({"arrivals": False, "unusual": False})
        self.assertFalse(self._tap())
        self.assertEqual(
            self._tap("out", MORNING + timedelta(hours=6)).kind, "departure"
        )

    def test_leaving_during_lessons_is_unusual_on_a_school_day_only(self):
        self.choice.departures = False
        self.assertEqual(self._tap("out", MORNING + timedelta(hours=2)).kind, "lessons")
        sunday = datetime(2026, 11, 22, 7, 0)
        self.assertEqual(len(self._tap("out", sunday)), 1)

    def test_an_entry_at_night_is_unusual_in_the_schools_own_time(self):
        self.choice.arrivals = False
        self.assertEqual(self._tap(at=datetime(2026, 11, 17, 19, 0)).kind, "night")

    def test_choices_have_bounds(self):
        for choices in ({"hour_from": 25}, {"hour_to": -1}, {"max_per_hour": 0}):
            with self.assertRaises(ValidationError):
                self._choose(**choices)

    def test_a_channel_needs_a_proved_address(self):
        with self.assertRaises(UserError):
            self._choose(channel="email")

    # === ONE STATEMENT === #

    def test_a_batch_costs_the_same_however_large(self):
        def rows(count):
            return [
                {
                    "id": 9_000_000 + number + count * 1000,
                    "kind": "pass",
                    "student_id": self.student.id,
                    "school_id": self.school.id,
                    "point_id": self.point.id,
                    "direction": "in",
                    "occurred_at": MORNING,
                    "is_counted": True,
                }
                for number in range(count)
            ]

        self._tap()
        with freeze_time(MORNING):
            for count in (1, 300):
                self.env.flush_all()
                with self.assertQueryCount(4):  # whom, insert, trigger
                    self.notices._enqueue(rows(count))

    # === HAS NOT COME === #

    def _count_missing(self, at):
        # what other add-ons know of the children is theirs to test
        self.patch(self.registry["access.notice"], "_get_excused_ids", lambda *__: ())
        with freeze_time(at):
            self.notices._cron_missing()
        return self._get_notices()

    def test_a_child_who_has_not_come_is_told_of_once(self):
        at = datetime(2026, 11, 17, 7, 5)
        self._pass(self._person_of(self.classmate))
        self._pass(self._person_of(self.sibling))
        self.assertFalse(self._count_missing(datetime(2026, 11, 17, 6, 50)))
        self.assertEqual(self._count_missing(at).kind, "no_arrival")
        self.assertEqual(len(self._count_missing(at + timedelta(minutes=10))), 1)
        text = self._send(at=at)[0].text
        self.assertIn("Ivan: has not come to school by 10:00 (School 24)", text)

    def test_turnstiles_that_saw_nobody_alarm_nobody(self):
        self.assertFalse(self._count_missing(datetime(2026, 11, 17, 7, 5)))

    def test_nobody_is_missed_on_a_sunday(self):
        sunday = datetime(2026, 11, 22, 7, 5)
        for student in (self.classmate, self.sibling):
            self._pass(self._person_of(student), at=sunday - timedelta(hours=2))
        self.assertFalse(self._count_missing(sunday))

    def test_a_child_who_is_there_is_not_missed(self):
        for student in (self.student, self.classmate):
            self._pass(self._person_of(student))
        self.choice.arrivals = False
        self.assertFalse(
            self._count_missing(datetime(2026, 11, 17, 7, 5)).filtered(
                lambda one: one.kind == "no_arrival"
            )
        )

    # === RETENTION === #

    def test_old_notices_are_deleted(self):
        notice = self._tap()
        with freeze_time(MORNING + timedelta(days=89)):
            self.notices._gc_notices()
            self.assertTrue(notice.exists())
        with freeze_time(MORNING + timedelta(days=91)):
            self.notices._gc_notices()
            self.assertFalse(notice.exists())


@tagged("post_install", "-at_install")
class TestSender(NoticeCase):
    """What becomes of a notice, by the answer of the other side."""

    def test_a_notice_is_sent_with_a_short_sentence(self):
        notice = self._tap()
        [message] = self._send()
        self.assertEqual(message.address, "77")
        self.assertEqual(
            message.text, "Ivan: came to school at 08:10 (School 24, Entrance)"
        )
        self.assertEqual(notice.state, "sent")
        self.assertEqual(notice.sent_at, MORNING + timedelta(seconds=5))
        self.assertFalse(self._send())

    def test_the_subject_names_no_family_and_no_school(self):
        self._tap()
        [message] = self._send()
        for secret in (self.student.last_name, self.school.code, "5"):
            self.assertNotIn(secret, message.subject)
        self.assertNotIn(self.student.last_name, message.text)

    def test_no_more_than_the_parent_wants_in_an_hour(self):
        self.choice.max_per_hour = 2
        for minute in range(3):
            self._tap(at=MORNING + timedelta(minutes=minute))
        self.assertEqual(len(self._send(at=MORNING + timedelta(minutes=3))), 2)
        self.assertEqual(self._get_notices()[2].reason, "rate")
        self._tap(at=MORNING + timedelta(minutes=30))
        self.assertFalse(self._send(at=MORNING + timedelta(minutes=31)))
        self._tap(at=MORNING + timedelta(minutes=63))
        self.assertEqual(len(self._send(at=MORNING + timedelta(minutes=64))), 1)

    def test_a_clear_failure_is_tried_again_later_and_later(self):
        notice = self._tap()
        at = MORNING + timedelta(seconds=5)
        for attempt, seconds in enumerate(RETRY_SECONDS, start=1):
            self.assertEqual(len(self._send(RETRY, at)), 1)
            self.assertEqual((notice.state, notice.attempts), ("queued", attempt))
            self.assertFalse(self._send(at=at + timedelta(seconds=seconds - 1)))
            at += timedelta(seconds=seconds)
        self._send(RETRY, at)
        self.assertEqual((notice.state, notice.reason), ("failed", "gave_up"))

    def test_telegram_says_itself_when_to_come_again(self):
        notice = self._tap()
        self._send(Outcome("retry", 400))
        self.assertEqual(notice.next_try_at, MORNING + timedelta(seconds=405))

    def test_a_dead_address_stops_all_that_goes_there(self):
        other = self._choose(student=self.sibling)
        notice = self._tap()
        self._send(DEAD)
        self.assertEqual((notice.state, notice.reason), ("failed", "dead"))
        self.assertEqual(set((self.choice + other).mapped("state")), {"stopped"})
        self.assertEqual(len(self._tap(at=MORNING + timedelta(minutes=5))), 1)

    def test_another_proof_of_the_address_goes_on_with_the_choice(self):
        self._tap()
        self._send(DEAD)
        self.env["access.address"]._of(self.mother, "telegram")._prove("79")
        self.assertEqual(self.choice.state, "on")

    def test_what_may_have_arrived_is_never_sent_again(self):
        notice = self._tap()
        self._send(UNCERTAIN)
        self.assertEqual((notice.state, notice.reason), ("uncertain", "no_answer"))
        self.assertFalse(self._send(at=MORNING + timedelta(hours=1)))

    def test_what_a_killed_sender_held_is_uncertain(self):
        notice = self._tap()
        with freeze_time(MORNING + timedelta(seconds=5)):
            notice._claim(notice)
        self.assertEqual(notice.state, "sending")
        self.assertFalse(self._send(at=MORNING + timedelta(seconds=60)))
        self.assertEqual(notice.state, "sending")
        self.assertFalse(self._send(at=MORNING + timedelta(seconds=200)))
        self.assertEqual((notice.state, notice.reason), ("uncertain", "interrupted"))

    def test_a_channel_that_is_not_set_up_keeps_its_notices(self):
        notice = self._tap()
        cron = type(self.env["ir.cron"])
        self.env["ir.config_parameter"].set_param("school_access.telegram_token", "")
        with freeze_time(MORNING + timedelta(seconds=5)):
            self.patch(cron, "_commit_progress", lambda *args, **kwargs: 60)
            self.notices._cron_send()
        self.assertEqual(notice.state, "queued")
