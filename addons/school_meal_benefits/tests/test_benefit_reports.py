import io
from datetime import date

import openpyxl
from freezegun import freeze_time
from psycopg2 import IntegrityError
from PyPDF2 import PdfReader

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..report import school_reports
from .audit_common import AuditCase


@freeze_time("2026-12-02 09:00:00")
@tagged("post_install", "-at_install")
class TestBenefitReports(AuditCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._grant(cls.student, cls.ovz)
        cls._grant(cls.sibling, cls.hot)
        cls._eat(cls.student, rule=cls.ovz_rule)
        cls._eat(cls.student, rule=cls.ovz_rule, meal=cls.lunch)
        cls._eat(cls.sibling)
        cls.form = cls.env["benefit.report.form"].create(
            {
                "name": "Monthly report",
                "company_id": cls.city.id,
                "date_from": date(2026, 11, 1),
                "due_day": 3,
            }
        )
        cls.form._make_reports(date(2026, 12, 2))
        cls.report = cls.form.report_ids.filtered(
            lambda one: one.school_id == cls.school
        )

    def _rows(self):
        return {row["code"]: row for row in self.report._compute_content()["rows"]}

    def test_a_period_that_ended_makes_a_report_for_each_school_once(self):
        self.assertEqual(
            self.form.report_ids.school_id, self.school + self.second_school
        )
        self.assertEqual(self.report.date_from, date(2026, 11, 1))
        self.assertEqual(self.report.date_to, date(2026, 11, 30))
        self.assertEqual(self.report.due_on, date(2026, 12, 3))
        with self._refused(UserError, "there already"):
            self.form.action_make()
        self.assertEqual(len(self.form.report_ids), 2)

    def test_what_a_report_counts(self):
        rows = self._rows()
        self.assertEqual(set(rows), {"ovz", "hot"})
        self.assertEqual(
            [rows["ovz"][name] for name in ("recipients", "days", "portions")],
            [1, 1, 2],
        )
        self.assertEqual(rows["ovz"]["money"], {"town": 17060})
        self.assertEqual(rows["hot"]["money"], {"town": 8530})
        self.assertEqual(rows["hot"]["compensation"], 0)

    def test_only_the_columns_that_the_form_asks_for(self):
        self.form.write(
            {f"has_{name}": False for name in ("money", "compensation", "milk", "days")}
        )
        self.assertEqual(
            self._rows()["hot"],
            {"code": "hot", "name": "hot", "recipients": 1, "portions": 1},
        )

    def test_a_signed_report_is_frozen_and_shows_what_changed_since(self):
        report = self._as("head", self.report)
        report.action_sign()
        self.assertEqual(self.report.state, "signed")
        self.assertEqual(len(self.report.digest), 64)
        self.assertFalse(self.report.differences)
        self._eat(self.sibling, date(2026, 11, 17))
        self.report.invalidate_recordset()
        self.assertIn("hot, Portions: was 1, is 2", self.report.differences)
        self.assertIn("town: was 85.30, is 170.60", self.report.differences)
        self.assertEqual(self.report.content["rows"][0]["portions"], 2)
        with self._refused(ValidationError, "never changed"):
            self._write_past_python({"rows": []})
        with self._refused(UserError, "nobody types"):
            report.write({"content": {}})
        self.assertEqual(self.report.content["rows"][0]["code"], "ovz")

    def _write_past_python(self, content):
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.report.sudo().write({"content": content})
                self.env.flush_all()
        except IntegrityError as error:
            raise ValidationError(str(error)) from None

    def test_the_department_returns_with_a_note_and_accepts(self):
        self.school.head_id = self.roles["head"]
        mine, theirs = (
            self._as("head", self.report),
            self._as("department", self.report),
        )
        with self._refused(UserError, "Only a signed"):
            theirs.action_accept()
        mine.action_sign()
        with self._refused(UserError, "Write what is to be corrected"):
            theirs.action_return()
        theirs.return_note = "A child is missing"
        theirs.action_return()
        self.assertEqual(self.report.state, "returned")
        self.assertEqual(self.report.activity_ids.user_id, self.roles["head"])
        self._eat(self.sibling, date(2026, 11, 17))
        mine.action_sign()
        self.assertFalse(self.report.activity_ids)
        theirs.action_accept()
        self.assertEqual(self.report.accepted_by_id, self.roles["department"])
        self.assertEqual(self._portions(), {"ovz": 2, "hot": 2})

    def _portions(self):
        return {row["code"]: row["portions"] for row in self.report.content["rows"]}

    def test_who_signs_and_who_accepts(self):
        for role in ("department", "operator", "accountant"):
            with self.subTest(role), self._refused(AccessError, ""):
                self._as(role, self.report).action_sign()
        self._as("head", self.report).action_sign()
        for method in ("action_accept", "action_return"):
            with self._refused(AccessError, "Only the department"):
                getattr(self._as("head", self.report), method)()
        with self._refused(AccessError, "Only the department"):
            self._as("head", self.report).return_note = "x"
        self.assertEqual(self.report.state, "signed")

    def test_a_period_that_goes_on_is_not_signed(self):
        with freeze_time("2026-11-30 09:00:00"), self._refused(UserError, "not ended"):
            self._as("head", self.report).action_sign()
        self.assertEqual(self.report.state, "draft")

    def test_who_is_late(self):
        late = [("is_late", "=", True), ("form_id", "=", self.form.id)]
        reports = self.env["benefit.report"]
        self.assertFalse(reports.search(late))
        with freeze_time("2026-12-04 09:00:00"):
            self.assertEqual(reports.search(late), self.form.report_ids)
            self.assertEqual(self.form.late_count, 2)
            self._as("head", self.report).action_sign()
            self.report.invalidate_recordset()
            self.assertTrue(self.report.is_late)
            self.assertEqual(len(reports.search(late)), 1)

    def test_heads_are_told_once(self):
        self.school.head_id = self.roles["head"]
        for _night in range(2):
            self.env["benefit.report"]._remind(date(2026, 12, 2))
        self.assertEqual(self.report.activity_ids.user_id, self.roles["head"])
        self.assertEqual(len(self.report.activity_ids), 1)

    def test_files_of_the_municipality(self):
        reports = self.form.report_ids
        book = openpyxl.load_workbook(io.BytesIO(school_reports.render_xlsx(reports)))
        total = [[cell.value for cell in row] for row in book.worksheets[1]]
        self.assertEqual([row[0] for row in total[1:]], ["ovz", "hot"])
        self.assertIn(170.6, total[1])
        text = "".join(
            page.extract_text()
            for page in PdfReader(io.BytesIO(school_reports.render_pdf(reports))).pages
        )
        self.assertIn("School 24", text)
        self.assertIn("Municipality: 2 schools", text)
        self.assertIn("Nobody received anything", text)


@freeze_time("2026-12-02 09:00:00")
@tagged("post_install", "-at_install")
class TestRecipientTimesheet(AuditCase):
    """Appendix 1: the attendance form, with the recipients of a class only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._grant(cls.student, cls.ovz)

    def _wizard(self, role="operator", **vals):
        return self._as(role, self.env["benefit.timesheet"]).create(
            {"school_id": self.school.id, "month": date(2026, 11, 1), **vals}
        )

    def test_only_recipients_are_on_the_sheet(self):
        [content] = self._wizard()._get_contents()
        self.assertEqual([row["name"] for row in content["rows"]], ["Ivanov Ivan"])
        self.assertEqual(content["calculation"], "бесплатное горячее питание")
        [content] = self._wizard(category_id=self.ovz.id)._get_contents()
        self.assertEqual(content["calculation"], "ovz")
        self.assertFalse(self._wizard(category_id=self.hot.id)._get_contents())
        text = PdfReader(io.BytesIO(self._wizard()._render("pdf"))).pages[0]
        self.assertIn("бесплатное горячее питание", text.extract_text())
        self.assertIn("0504608", text.extract_text())

    def test_the_sheet_of_the_whole_class_stays_as_it_is(self):
        sheet = self.env["meal.timesheet"]._generate(self.school, date(2026, 11, 1))
        whole = sheet.filtered(
            lambda one: one.kind == "attendance" and one.class_id == self.class_5a
        )
        names = [row["name"] for row in whole._get_content()["rows"]]
        self.assertEqual(names, ["Ivanov Ivan", "Petrov Petr"])
        # nor does anybody cut it by what a remote call can send
        for ids in ([self.student.id], {str(self.student.id): 1}, ""):
            cut = whole.with_context(benefit_recipients=ids)
            self.assertEqual(len(cut._get_content()["rows"]), 2)

    def test_nobody_to_print_and_nobody_who_may_not(self):
        with self._refused(UserError, "Nobody of these classes"):
            self._wizard(class_ids=self.class_1b.ids).action_pdf()
        for role in ("teacher", "canteen", "cashier", "portal"):
            with self.subTest(role), self._refused(AccessError, ""):
                self._wizard(role)
        with self._refused(AccessError, ""):
            self._wizard(school_id=self.other_school.id)._get_contents()
