from datetime import timedelta
from uuid import uuid4

from odoo.tests import tagged

from odoo.addons.school_meal_day.tests.order_common import MONDAY

from .common import FIRST_LESSON, GATE_OPENS, LOOKED_AT, NOON, AttendanceCase


@tagged("post_install", "-at_install")
class TestAttendanceTrust(AttendanceCase):
    """A turnstile that saw nobody does not mean that nobody came."""

    def setUp(self):
        super().setUp()
        self.school.attendance_mode = "automatic"
        self.orders = self._order(self.kids)

    def _look(self):
        self._at(LOOKED_AT)
        self.school._attend()

    def _assert_nobody_lost_a_meal(self, code):
        check = self._check()
        self.assertEqual(check.state, code)
        self.assertNotIn("absent", self._states())
        self.assertEqual(set(self.orders.mapped("state")), {"ordered"})
        self.assertFalse(
            self.env["meal.absence"].search([("school_id", "=", self.school.id)])
        )
        self.assertFalse(self.school._get_presence(MONDAY).get(self.absentee.id))
        self.assertTrue(check.sentence)

    def test_a_silent_turnstile_takes_nobodys_meal(self):
        self._come(self.kids - self.absentee)
        self._look()  # the controller has not spoken since half past seven
        self._assert_nobody_lost_a_meal("silent")

    def test_a_controller_that_never_spoke(self):
        self._new_controller(self.point, "44376")
        self._come(self.kids - self.absentee)
        self._hear_at_look()
        self._assert_nobody_lost_a_meal("silent")

    def test_a_revoked_controller_is_none(self):
        self._new_controller(self.point, "44376", state="revoked")
        self._come(self.kids - self.absentee)
        self._hear_at_look()
        self.assertEqual(self._check().state, "trusted")

    def test_nobody_came_through(self):
        self._hear_at_look()
        self._assert_nobody_lost_a_meal("few")

    def test_too_few_came_through(self):
        self._come(self.kids[-2:])
        self._hear_at_look()
        self._assert_nobody_lost_a_meal("few")

    def test_an_open_turnstile(self):
        self._come(self.kids - self.absentee)
        self.controller.mode = "free"
        self._hear_at_look()
        self._assert_nobody_lost_a_meal("free")

    def test_a_school_without_a_turnstile(self):
        self.controller.active = False
        self._hear_at_look()
        self._assert_nobody_lost_a_meal("no_gate")

    def test_a_controller_that_still_delivers_an_outage(self):
        self._recount()
        self._move(LOOKED_AT)
        # half of the class, an hour late; the others may be still on the way
        self._come(self.kids[-5:], FIRST_LESSON - timedelta(minutes=45))
        self.school._attend()
        self._assert_nobody_lost_a_meal("silent")

    # === EVENTS THAT WAIT: WHO SHOULD HAVE TOLD OF THEM GOES ON SPEAKING === #

    def _connect(self):
        """The controller speaks through a gateway."""
        gateway = self.env["school.device"].create(
            {"name": "Gate", "kind": "edge", "school_id": self.school.id}
        )
        self.controller.device_id = gateway
        return gateway, str(uuid4())

    def _sync(self, gateway, store, at, sequence=None, **state):
        self._at(at)
        api = self.env["access.edge.api"].with_context(
            school_device=gateway.id, school_device_school=self.school.id
        )
        api._sync({"store": store, "state": state})
        if sequence:
            self.env["access.edge.journal"]._advance(
                gateway.id, store, sequence, sequence
            )
        # the database has its own clock
        self.env.cr.execute(
            "UPDATE access_edge_journal SET seen_at = %s WHERE store = %s", [at, store]
        )

    def test_events_that_wait_at_a_gateway(self):
        gateway = self._connect()
        self._sync(*gateway, LOOKED_AT - timedelta(minutes=20), queued=3)
        self._come(self.kids - self.absentee)
        self._sync(*gateway, LOOKED_AT, queued=9)
        self._hear_at_look()
        self._assert_nobody_lost_a_meal("silent")

    def test_a_gateway_whose_queue_moves(self):
        gateway = self._connect()
        self._come(self.kids - self.absentee)
        for minutes in (30, 20, 10, 5, 0):
            at = LOOKED_AT - timedelta(minutes=minutes)
            self._sync(*gateway, at, queued=3, sequence=90 - minutes)
        self._hear_at_look()
        self.assertEqual(self._check().state, "trusted")
        self.assertEqual(self._state(), "absent")

    def test_a_gateway_without_a_queue(self):
        gateway = self._connect()
        self._sync(*gateway, LOOKED_AT - timedelta(minutes=40), queued=3)
        self._come(self.kids - self.absentee)
        self._sync(*gateway, LOOKED_AT, queued=0)
        self._hear_at_look()
        self.assertEqual(self._check().state, "trusted")
        # what waits at noon says nothing of who came in the morning
        self._sync(*gateway, FIRST_LESSON + timedelta(hours=2), queued=5)
        self._sync(*gateway, NOON, queued=5)
        self._hear()
        self._recount()
        self.assertEqual(self._state(), "absent")

    def test_a_gateway_without_room(self):
        gateway = self._connect()
        self._come(self.kids - self.absentee)
        self._sync(*gateway, LOOKED_AT, queued=3, is_full=True)
        self._hear_at_look()
        self._assert_nobody_lost_a_meal("silent")

    def test_a_gateway_with_the_store_of_another(self):
        former, store = self._connect()
        self._sync(former, store, GATE_OPENS)
        new, _store = self._connect()
        self._come(self.kids - self.absentee)
        # the former one still calls
        self.env.cr.execute(
            "UPDATE access_edge_journal SET seen_at = now() AT TIME ZONE 'UTC'"
        )
        self._sync(new, store, LOOKED_AT)
        self._hear_at_look()
        self._assert_nobody_lost_a_meal("silent")

    def test_a_controller_whose_events_are_not_taken(self):
        self._come(self.kids - self.absentee)
        self.controller.refused_at = LOOKED_AT - timedelta(minutes=1)
        self._hear_at_look()
        self._assert_nobody_lost_a_meal("silent")

    def test_a_passage_that_was_kept_apart(self):
        self._come(self.kids - self.absentee)
        self._at(LOOKED_AT)
        event = {"key": str(uuid4()), "occurred_at": LOOKED_AT}
        self.env["access.edge.incident"]._keep(self.controller, [event])
        self._hear_at_look()
        self._assert_nobody_lost_a_meal("silent")

    def test_a_class_on_an_excursion(self):
        """The school is trusted, the class that nobody came of is not."""
        others = self.env["school.student"]
        for letter in "abcdefghijklmnopqrst":
            others |= self._new_student(self.class_1b, f"Li{letter}", "An")
        self.env["school.enrolment"].search([("student_id", "in", others.ids)]).write(
            {"date_from": MONDAY - timedelta(days=60)}
        )
        self._come(others)
        self._hear_at_look()
        self.assertEqual(self._check().state, "trusted")
        self.assertEqual(self._states(), {"unknown"})
        self.assertEqual(set(self.orders.mapped("state")), {"ordered"})

    def test_a_child_without_a_card_is_not_known(self):
        self.env.cr.execute(
            "UPDATE school_card SET state = 'lost' WHERE student_id = %s",
            [self.absentee.id],
        )
        self._come(self.kids - self.absentee)
        self._hear_at_look()
        self._assert_nobody_lost_a_meal("trusted")
        self.assertEqual(self._state(), "unknown")

    def test_a_child_who_never_uses_the_gate_is_not_known(self):
        self.env["attendance.day"].search(
            [("student_id", "=", self.absentee.id)]
        ).unlink()
        self._come(self.kids - self.absentee)
        self._hear_at_look()
        self._assert_nobody_lost_a_meal("trusted")

    def test_the_second_shift_is_never_missing_in_the_morning(self):
        self.class_5a.shift = "2"
        self._come(self.kids - self.absentee)
        self._hear_at_look()
        self.assertEqual(self._state(), "expected")
        self.assertEqual(set(self.orders.mapped("state")), {"ordered"})

    def test_who_was_given_a_meal_is_here(self):
        self.env["meal.issue.event"].search([])
        self._recount()
        self._come(self.kids - self.absentee)
        check = self._check()
        self.patch(type(check), "_get_fed", lambda self, students: students)
        self._hear_at_look()
        self.assertEqual(set(self.orders.mapped("state")), {"ordered"})

    def test_what_was_trusted_in_the_morning_stays(self):
        self._morning()
        self._at(NOON)
        self.controller.last_seen = FIRST_LESSON + timedelta(hours=1)
        self._recount()
        self.assertEqual(self._state(), "absent")

    def _hear_at_look(self):
        self._at(LOOKED_AT)
        self._hear()
        self.school._attend()
