from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import AttendanceCase


@tagged("post_install", "-at_install")
class TestAttendanceAccess(AttendanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()

    def test_a_teacher_sees_the_own_class(self):
        self._recount()
        days = self._as("teacher", self.env["attendance.day"]).search([])
        self.assertEqual(days.class_id, self.class_5a)
        self.assertIn(self._day(self.sibling).class_id, self.class_1b)

    def test_the_settings_are_for_who_is_responsible(self):
        self._as("operator", self.school).attendance_mode = "off"
        with self.assertRaises(AccessError):
            self._as("head", self.school).attendance_mode = "automatic"

    def test_a_class_of_another_school_has_no_bell_here(self):
        with self.assertRaises(ValidationError):
            self.env["attendance.bell"].create(
                {"school_id": self.school.id, "class_id": self.class_other.id}
            )
