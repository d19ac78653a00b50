from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

from openpyxl import load_workbook

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.school_meal_day.report import timesheet_xlsx

from .timesheet_common import TimesheetCase


@tagged("post_install", "-at_install")
class TestTimesheetFiles(TimesheetCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.student.write(
            {
                "last_name": "Константинопольская-Преображенская",
                "first_name": "Александра",
                "middle_name": "Владимировна",
            }
        )
        self._close()
        self._portion(
            self.student, self.days[0], self.breakfast, (self.parent_source, 98.1)
        )
        self.sheet = self._generate("meals")

    def _get(self, url, role="operator"):
        self.authenticate(f"test_{role}", f"test_{role}")
        return self.url_open(url)

    def test_class_of_45_has_two_pages_with_the_head_on_each(self):
        content = self.sheet._get_content()
        row = self._row(self.sheet, self.student)
        content["rows"] = [{**row, "student": n} for n in range(45)]
        pages = _read_pages(self.sheet, content)
        self.assertEqual(len(pages), 2)
        for page in pages:
            self.assertIn("Фамилия, имя ребенка", page)
            self.assertIn("Итого по листу", page)
        self.assertIn("Лист 2 из 2", pages[1])
        self.assertIn("Преображенская", pages[0])

    def test_empty_class_has_a_page(self):
        content = self.sheet._get_content()
        content["rows"] = []
        (page,) = _read_pages(self.sheet, content)
        self.assertIn("нет учащихся", page)

    def test_downloads_of_one_sheet(self):
        pdf = self._get(f"/school_meal/timesheet/{self.sheet.id}.pdf")
        self.assertEqual(pdf.content[:5], b"%PDF-")
        xlsx = self._get(f"/school_meal/timesheet/{self.sheet.id}.xlsx")
        sheet = load_workbook(BytesIO(xlsx.content)).active
        self.assertEqual(
            (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)),
            ("landscape", 9),
        )
        values = [cell.value for row in sheet.iter_rows() for cell in row]
        self.assertIn(98.1, values)
        self.assertIn(datetime(2026, 11, 1), values)

    def test_a_name_like_a_formula_stays_text(self):
        for name in ("=1+1", "+7", "@SUM(A1)", "-1"):
            # Names of students cannot begin so, those of schools can.
            content = {**self.sheet._get_content(), "school": name}
            content["rows"] = [{**row, "name": name} for row in content["rows"]]
            data = timesheet_xlsx.render(content, self.sheet._get_signature())
            cells = [
                cell
                for row in load_workbook(BytesIO(data)).active.iter_rows()
                for cell in row
            ]
            self.assertNotIn("f", {cell.data_type for cell in cells})
            mine = [cell for cell in cells if str(cell.value).startswith(name)]
            self.assertTrue(mine, name)
            self.assertEqual({cell.data_type for cell in mine}, {"s"})

    def test_downloads_of_a_whole_school(self):
        url = f"/school_meal/timesheets/{self.school.id}/2026-11/meals"
        self.assertEqual(self._get(f"{url}.pdf").content[:5], b"%PDF-")
        archive = ZipFile(BytesIO(self._get(f"{url}.zip").content))
        self.assertEqual(len(archive.namelist()), 2)
        with mute_logger("odoo.http"):
            self.assertEqual(self._get(f"{url}.pdf", "canteen").status_code, 403)
        wrong = f"/school_meal/timesheets/{self.school.id}/2026-13/meals.pdf"
        self.assertEqual(self._get(wrong).status_code, 404)

    def test_sheets_of_others_are_not_handed_out(self):
        other = self._sheet("meals", self.class_1b)
        with mute_logger("odoo.http"):
            answer = self._get(f"/school_meal/timesheet/{other.id}.pdf", "teacher")
        self.assertEqual(answer.status_code, 403)


def _read_pages(sheet, content):
    from PyPDF2 import PdfReader

    from ..report import timesheet_pdf

    data = timesheet_pdf.render([(content, sheet._get_signature())], "x")
    return [page.extract_text() for page in PdfReader(BytesIO(data)).pages]
