import io

from openpyxl import load_workbook
from PyPDF2 import PdfReader

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, tagged

from .common import AttendanceCase


@tagged("post_install", "-at_install")
class TestAttendanceFiles(AttendanceCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()

    def setUp(self):
        super().setUp()
        self._report(self.classmate, reason="illness", source="parent")
        self._morning()

    def _render(self, kind, role="teacher"):
        days = self._as(role, self.env["attendance.day"])
        school_class = self.class_5a.with_env(days.env)
        return days._render_register(school_class, "2026-11", kind)

    def test_the_workbook(self):
        book = load_workbook(io.BytesIO(self._render("xlsx")))
        rows = list(book.active.iter_rows(values_only=True))
        names = {row[1]: row for row in rows[4:14]}
        [ill] = [row for name, row in names.items() if name.startswith("Petrov")]
        self.assertEqual(ill[1 + 16], "б")
        self.assertEqual(ill[-4:], (1, 1, 0, 0))
        [missing] = [row for name, row in names.items() if name.startswith("Ivanov")]
        self.assertEqual(missing[1 + 16], "н")

    def test_the_paper(self):
        reader = PdfReader(io.BytesIO(self._render("pdf")))
        text = reader.pages[0].extract_text()
        self.assertIn("Petrov", text)
        self.assertEqual(len(reader.pages), 1)

    def test_an_empty_month_is_a_page(self):
        days = self._as("teacher", self.env["attendance.day"])
        content = days._render_register(
            self.class_5a.with_env(days.env), "2026-02", "pdf"
        )
        self.assertTrue(content.startswith(b"%PDF"))

    def test_a_wrong_month(self):
        with self._refused(ValidationError, "Choose a month"):
            self.env["attendance.day"]._render_register(self.class_5a, "2026", "pdf")

    def test_whose_class_it_is(self):
        self.authenticate("test_teacher", "test_teacher")
        own = f"/school_attendance/register/{self.class_5a.id}/2026-11.xlsx"
        self.assertEqual(self.url_open(own).status_code, 200)
        other = f"/school_attendance/register/{self.class_1b.id}/2026-11.pdf"
        self.assertEqual(self.url_open(other).status_code, 403)
        with self.assertRaises(AccessError):
            self._as("cashier", self.env["attendance.day"]).check_access("read")
