from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .guard_common import GuardCase


@tagged("post_install", "-at_install")
class TestAccessShift(GuardCase):
    def _shifts(self):
        domain = [("site_id", "=", self.site.id)]
        return self.env["access.shift"].search(domain, order="id")

    def test_a_shift_from_begin_to_handover(self):
        self._do("begin")
        self._do("begin")
        self._do("note", text="The gate sticks")
        self._do("end", text="Key of the gym is with Orlova")
        shift = self._shifts()
        self.assertEqual(shift.user_id, self.guard)
        self.assertEqual(shift.handover, "Key of the gym is with Orlova")
        self.assertEqual(self._journal(), ["begin", "note", "end"])
        self.assertEqual(
            self._feed()["shift"], {"handover": "Key of the gym is with Orlova"}
        )
        self.assertEqual(self._do("end"), "ended")

    def test_who_takes_over_ends_the_shift_before(self):
        colleague = self._new_guard("test_colleague", self.school)
        self._do("begin")
        self._do("begin", user=colleague)
        first, second = self._shifts()
        self.assertTrue(first.ended_at)
        self.assertEqual(first.ended_by_id, colleague)
        self.assertEqual(second.user_id, colleague)

    def test_a_door_is_opened_by_hand_with_a_reason(self):
        with self._refused(UserError, "why the door is opened"):
            self._do("open", id=self.point.id, text="  ")
        with self._refused(UserError, "not there any more"):
            self._do("open", id=0, text="Parcel")
        self.assertFalse(self._orders())
        status = self._do("open", id=self.point.id, direction="out", text="Parcel")
        self.assertEqual(status, "opened")
        self.assertEqual(self._orders(), ["out"])
        self.assertEqual(self._journal(), ["begin", "open"])
        line = self._shifts().line_ids[-1]
        self.assertEqual((line.point_id, line.text), (self.point, "Parcel"))

    def test_a_controller_that_is_silent_opens_nothing(self):
        self.controller.state = "silent"
        with self._refused(UserError, "not connected: open the door by hand"):
            self._do("open", id=self.point.id, text="Parcel")
        self.assertFalse(self._orders())
        self.assertNotIn("open", self._journal())

    def test_an_order_to_open_outlives_two_calls_of_the_controller(self):
        with (
            self.assertRaises(CheckViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.controller.poll_interval = 11
            self.controller.flush_recordset()

    def test_a_point_without_a_controller_cannot_be_opened(self):
        gate = self.env["access.point"].create(
            {"name": "Gate", "site_id": self.site.id}
        )
        with self._refused(UserError, "Gate has no controller"):
            self._do("open", id=gate.id, text="Parcel")

    def test_the_journal_is_never_changed(self):
        self._do("note", text="The gate sticks")
        self._do("end")
        for statement in (
            "UPDATE access_shift_line SET text = 'x'",
            "DELETE FROM access_shift_line",
            "UPDATE access_shift SET handover = 'x'",
            "DELETE FROM access_shift",
        ):
            self.env.flush_all()
            with (
                self.assertRaises(CheckViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement)

    def test_nobody_writes_the_journal_by_hand(self):
        self._do("begin")
        mine = self._as_user(self.guard, self._shifts())
        self.assertEqual(mine.line_ids.mapped("kind"), ["begin"])
        with self.assertRaises(AccessError):
            mine.handover = "x"
        with self.assertRaises(AccessError):
            mine.line_ids.create({"shift_id": mine.id, "kind": "note"})
        other = self._as_user(self.other_guard, self.env["access.shift"])
        self.assertFalse(other.search([]))

    def test_the_journal_is_printed(self):
        self._do("note", text="The <b>gate</b> sticks")
        self.assertTrue(self._shifts()._render_pdf().startswith(b"%PDF"))
        self._do("end", text="All well")
        content = self._shifts()._get_content()
        self.assertEqual(content["handover"], "All well")
        self.assertEqual(len(content["lines"]), 3)
        self.assertTrue(self._shifts()._render_pdf().startswith(b"%PDF"))

    def test_an_unknown_work_is_refused(self):
        with self._refused(UserError, "Reload the page"):
            self._do("unlink")
