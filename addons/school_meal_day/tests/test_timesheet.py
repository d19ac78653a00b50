from datetime import date, datetime

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.school_meal_day.domain import timesheet

from .timesheet_common import LATER, MONTH, TimesheetCase


@tagged("post_install", "-at_install")
@freeze_time(LATER)
class TestAttendanceTimesheet(TimesheetCase):
    def test_blank_is_present_and_days_off_are_marked(self):
        self._confirm()
        self._absent(self.student, 10, 12, note="справка 7")
        self._absent(self.student, 17, 17, "unexcused")
        row = self._row(self._generate("attendance"), self.student)
        marks = dict(enumerate(row["marks"], 1))
        # 1 November is a Sunday, 4 November a holiday
        self.assertEqual([marks[d] for d in (1, 2, 4, 5)], ["В", "", "В", ""])
        self.assertEqual([marks[d] for d in (10, 11, 12, 17)], ["Н"] * 4)
        self.assertEqual((row["missed"], row["excused"]), (4, 3))
        self.assertEqual(row["payable"], len(self.days) - 4)
        self.assertEqual(row["reasons"], "болезнь 10–12 (справка 7); неуважит. 17")

    def test_withdrawn_absence_is_none(self):
        self._confirm()
        self._absent(self.student, 10, 12, withdrawn_at=datetime(2026, 11, 10))
        row = self._row(self._generate("attendance"), self.student)
        self.assertNotIn("Н", row["marks"])

    def test_remote_days_and_vacation_of_one_class_are_off(self):
        self.env["school.calendar.period"].create(
            {
                "kind": "remote",
                "company_id": self.city.id,
                "class_ids": self.class_5a.ids,
                "date_from": date(2026, 11, 16),
                "date_to": date(2026, 11, 20),
            }
        )
        self._confirm()
        self._confirm(school_class=self.class_1b)
        content = self._generate("attendance")._get_content()
        marks = content["rows"][0]["marks"]
        self.assertEqual(marks[15:20], ["В"] * 5)
        self.assertEqual(content["notes"], ["дистанционное обучение: 16–20"])
        other = self._row(self._sheet("attendance", self.class_1b), self.sibling)
        self.assertEqual(other["marks"][15:20], [""] * 5)

    def test_days_before_joining_and_after_leaving_are_struck_out(self):
        self._confirm()
        self.classmate.enrolment_ids.sudo().date_from = date(2026, 11, 10)
        self.student.with_context(
            enrolment_date=date(2026, 11, 20)
        ).class_id = self.class_1b
        sheet = self._generate("attendance")
        joined, moved = (
            self._row(sheet, student) for student in (self.classmate, self.student)
        )
        self.assertEqual(joined["marks"][8:10], ["–", ""])
        self.assertEqual(moved["marks"][18:20], ["", "–"])
        self.assertEqual(joined["payable"], len([d for d in self.days if d.day >= 10]))
        self._confirm(school_class=self.class_1b)
        arrived = self._row(self._sheet("attendance", self.class_1b), self.student)
        self.assertEqual(arrived["marks"][18:20], ["–", ""])
        self.assertEqual(moved["payable"] + arrived["payable"], len(self.days))

    def test_unconfirmed_day_is_not_known_and_stops_the_signature(self):
        self._confirm(self.days[:-2])
        sheet = self._generate("attendance")
        row = self._row(sheet, self.student)
        self.assertEqual(row["marks"].count("?"), 2)
        last = ", ".join(str(day.day) for day in self.days[-2:])
        with self._refused(UserError, f"not confirmed on these days.*: {last}"):
            self._as("teacher", sheet).action_sign()
        self.assertEqual(sheet.state, "draft")
        self.assertFalse(sheet.content)

    def test_a_day_confirmed_ahead_is_not_known_before_it_comes(self):
        self._confirm()
        with freeze_time("2026-11-27 09:00:00"):
            sheet = self._generate("attendance")
            row = self._row(sheet, self.student)
            self.assertEqual(row["marks"][29], "?")
            with self._refused(UserError, "not confirmed on these days.*: 30"):
                self._as("teacher", sheet).action_sign()
        self.assertEqual(sheet.state, "draft")

    def test_class_teacher_or_school_signs_and_nobody_else(self):
        self._confirm()
        self._confirm(school_class=self.class_1b)
        sheet = self._generate("attendance")
        other = self._sheet("attendance", self.class_1b)
        for role, theirs in (("department", sheet), ("accountant", sheet)):
            with self.subTest(role=role), self._refused(AccessError, "class teacher"):
                self._as(role, theirs).action_sign()
        with self.assertRaises(AccessError):
            self._as("teacher", other).action_sign()
        self._as("teacher", sheet).action_sign()
        self._as("head", other).action_sign()
        self.assertEqual(
            (sheet + other).mapped("signed_by_id"),
            self.roles["teacher"] + self.roles["head"],
        )

    def test_of_many_those_that_are_ready_are_signed(self):
        self._confirm()
        sheets = self._generate("attendance") + self._sheet("attendance", self.class_1b)
        answer = self._as("head", sheets).action_sign_ready()
        self.assertEqual(sheets.mapped("state"), ["signed", "draft"])
        self.assertRegex(
            answer["params"]["message"],
            r"^Signed: 1\. Not signed: 1\. .* 1Б .*not confirmed",
        )
        self.assertFalse(sheets[1].content)
        answer = self._as("accountant", sheets).action_sign_ready()
        self.assertRegex(
            answer["params"]["message"], r"^Signed: 0\. Not signed: 1\. .*class teacher"
        )
        self.assertEqual(sheets[1].state, "draft")

    def test_teacher_does_not_see_account_numbers(self):
        sheet = self._generate("attendance")
        full = self._row(self._as("operator", sheet), self.student)
        self.assertEqual(full["account"], self.account.number)
        self.assertEqual(
            self._row(self._as("teacher", sheet), self.student)["account"], ""
        )
        with self.assertRaises(AccessError):
            self._as("teacher", sheet).read(["content"])


@tagged("post_install", "-at_install")
@freeze_time(LATER)
class TestSignedTimesheet(TimesheetCase):
    def setUp(self):
        super().setUp()
        self._confirm()
        self.absence = self._absent(self.student, 10, 12)
        self.sheet = self._generate("attendance")
        self._as("teacher", self.sheet).action_sign()
        self.env.flush_all()

    def test_signed_rows_are_kept_whatever_happens(self):
        before = self.sheet._get_content()
        self.assertEqual(self.sheet.digest, timesheet.digest(before))
        self._update(self.absence, withdrawn_at=datetime(2026, 12, 1, 10))
        self.student.last_name = "Renamed"
        self.assertEqual(self.sheet._get_content(), before)
        self.assertTrue(self.sheet.is_different)

    def test_nobody_changes_a_signed_sheet(self):
        with self._refused(AccessError, "is not edited"):
            self._as("manager", self.sheet).write({"state": "draft"})
        with self.assertRaises(AccessError):
            self._as("manager", self.sheet).unlink()
        for change in (
            "UPDATE meal_timesheet SET state = 'draft' WHERE id = %s",
            "UPDATE meal_timesheet SET content = '{}' WHERE id = %s",
            "UPDATE meal_timesheet SET digest = 'x' WHERE id = %s",
            "DELETE FROM meal_timesheet WHERE id = %s",
        ):
            with (
                self.subTest(change=change),
                mute_logger("odoo.sql_db"),
                self._refused(psycopg2.errors.CheckViolation, "never changed"),
            ):
                self.env.cr.execute(change, [self.sheet.id])
        self.assertEqual(self.sheet.state, "signed")

    def test_signing_twice_is_refused(self):
        with self._refused(UserError, "already signed"):
            self._as("head", self.sheet).action_sign()
        self.assertEqual(self.sheet.signed_by_id, self.roles["teacher"])

    def test_a_signature_needs_rows(self):
        draft = self._sheet("meals")
        with (
            mute_logger("odoo.sql_db"),
            self._refused(psycopg2.errors.CheckViolation, "signed_is_whole"),
        ):
            self.env.cr.execute(
                "UPDATE meal_timesheet SET state = 'signed' WHERE id = %s", [draft.id]
            )

    def test_rows_changed_in_the_database_are_found_out(self):
        self.env.cr.execute("ALTER TABLE meal_timesheet DISABLE TRIGGER USER")
        self.env.cr.execute(
            """UPDATE meal_timesheet SET content = jsonb_set(content, '{missed}', '0')
                WHERE id = %s""",
            [self.sheet.id],
        )
        self.env.cr.execute("ALTER TABLE meal_timesheet ENABLE TRIGGER USER")
        self.sheet.invalidate_recordset()
        with self._refused(UserError, "do not fit their digest"):
            self.sheet._render_pdf()

    def test_correction_makes_the_next_version_with_what_changed(self):
        self.env.flush_all()
        with self._refused(UserError, "says the same"):
            self._as("head", self.sheet).action_new_version()
        self._update(self.absence, withdrawn_at=datetime(2026, 12, 1, 10))
        self.env.invalidate_all()
        self.assertTrue(self._as("head", self.sheet).is_different)
        self._as("head", self.sheet).action_new_version()
        second = self._sheet("attendance", version=2)
        self.assertEqual(second.state, "draft")
        self.assertFalse(self.sheet.is_latest)
        self.assertIn("Ivanov Ivan, day 10: was “Н”, is “”", second.changes)
        self._as("teacher", second).action_sign()
        self.assertEqual(self._row(self.sheet, self.student)["missed"], 3)
        self.assertEqual(self._row(second, self.student)["missed"], 0)
        newest = self.env["meal.timesheet"].search(
            [("is_latest", "=", True), ("class_id", "=", self.class_5a.id)]
        )
        self.assertIn(second, newest)
        self.assertNotIn(self.sheet, newest)

    def test_generation_is_idempotent_and_follows_corrections(self):
        timesheets = self.env["meal.timesheet"]
        self.assertFalse(timesheets._generate(self.school, MONTH))
        with freeze_time("2026-12-02 09:00:00"):
            self._update(self.absence, withdrawn_at=datetime(2026, 12, 2, 9))
            # the clock of the database stamps the write of a test with its own time
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE meal_absence SET write_date = '2026-12-02 09:00' WHERE id = %s",
                [self.absence.id],
            )
            made = timesheets._generate(self.school, MONTH)
            self.assertEqual((made.class_id, made.version), (self.class_5a, 2))
            self.assertFalse(timesheets._generate(self.school, MONTH))

    def test_sheets_are_not_made_by_hand(self):
        vals = {"kind": "meals", "class_id": self.class_1b.id, "month": MONTH}
        with self.assertRaises(AccessError):
            self._as("operator", self.env["meal.timesheet"]).create(vals)
