from datetime import date, datetime
from io import BytesIO
from unittest.mock import patch
from uuid import uuid4
from zipfile import ZipFile

import psycopg2
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401
from odoo.addons.school_meal_day.domain import timesheet

from .facts_common import MealFactsCase

MONTH = date(2026, 11, 1)
#: After the month: all of its days can be known.
LATER = "2026-12-01 09:00:00"


NUMBERS = st.integers(1, 30)
DAYS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=30, max_size=30)


class TestRows(BaseCase):
    """The rows add up, whatever the month was like."""

    @staticmethod
    def _days(flags):
        return [
            timesheet.Day(day, "school", is_off, is_known or is_off)
            for day, (is_off, is_known) in zip(
                timesheet.month_days(MONTH), flags, strict=True
            )
        ]

    @staticmethod
    def _students(spans):
        return [
            timesheet.Student(
                number, str(number), "", ((MONTH.replace(day=min(span)), None),)
            )
            for number, span in enumerate(spans)
        ]

    @given(
        DAYS,
        st.lists(st.tuples(NUMBERS, NUMBERS), max_size=4),
        st.lists(
            st.tuples(
                st.integers(0, 3),
                NUMBERS,
                NUMBERS,
                st.sampled_from(sorted(timesheet.REASON_TEXTS)),
            ),
            max_size=8,
        ),
    )
    def test_every_day_of_a_child_is_one_thing(self, flags, spans, absences):
        days = self._days(flags)
        body = timesheet.attendance(
            days,
            self._students(spans),
            [
                timesheet.Absence(
                    student,
                    MONTH.replace(day=min(ends)),
                    MONTH.replace(day=max(ends)),
                    reason,
                )
                for student, *ends, reason in absences
            ],
        )
        for row in body["rows"]:
            others = sum(row["marks"].count(mark) for mark in ("В", "–", "?"))
            self.assertEqual(row["payable"] + row["missed"] + others, 30)
            self.assertLessEqual(row["excused"], row["missed"])
        known = [n for n in range(30) if body["present"][n] is not None]
        for n in known:
            here = sum(row["marks"][n] != "–" for row in body["rows"])
            self.assertEqual(body["present"][n] + body["absent"][n], here)
        self.assertEqual(sum(body["absent"][n] for n in known), body["missed"])

    @given(
        DAYS,
        st.lists(
            st.tuples(
                st.integers(0, 3),
                NUMBERS,
                st.sampled_from(sorted(timesheet.MEAL_MARKS)),
                st.integers(1, 20_000),
                st.integers(0, 20_000),
            ),
            max_size=30,
        ),
    )
    def test_money_adds_up_in_every_direction(self, flags, eaten):
        portions = [
            timesheet.Portion(
                student,
                MONTH.replace(day=day),
                meal,
                meal,
                a + b,
                (("town", a), *((("parent", b),) if b else ())),
            )
            for student, day, meal, a, b in eaten
        ]
        body = timesheet.meals(
            self._days(flags),
            self._students([(1, 30)] * 4),
            portions,
            [("town", "Town", False), ("parent", "Parents", True)],
        )
        total = sum(portion.price for portion in portions)
        self.assertEqual(body["total"], total)
        self.assertEqual(sum(row["total"] for row in body["rows"]), total)
        self.assertEqual(sum(body["day_totals"]), total)
        self.assertEqual(sum(body["parts"].values()), total)
        self.assertEqual(
            sum(each["price"] * each["portions"] for each in body["prices"]), total
        )
        marks = sum(
            len(mark)
            for row in body["rows"]
            for mark in row["marks"]
            if mark not in ("В", "–", "?")
        )
        self.assertEqual(marks, len(portions))


class TimesheetCase(MealFactsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        cls.enrolments = cls.env["school.enrolment"].sudo()
        cls.enrolments.search([]).filtered(
            lambda row: row.school_id == cls.school
        ).date_from = date(2026, 9, 1)
        cls.days = cls.env["school.calendar"]._school_days(
            MONTH, date(2026, 11, 30), cls.school, cls.class_5a
        )

    def _generate(self, kind, school_class=None):
        self.env["meal.timesheet"]._generate(self.school, MONTH)
        return self._sheet(kind, school_class)

    def _sheet(self, kind, school_class=None, version=1):
        return self.env["meal.timesheet"].search(
            [
                ("class_id", "=", (school_class or self.class_5a).id),
                ("month", "=", MONTH),
                ("kind", "=", kind),
                ("version", "=", version),
            ]
        )

    def _confirm(self, days=None, school_class=None):
        school_class = school_class or self.class_5a
        for day in self.days if days is None else days:
            self._insert(
                "meal.attendance",
                **{
                    "class_id": school_class.id,
                    "school_id": school_class.school_id.id,
                    "date": day,
                    "confirmed_at": datetime(2026, 11, 16, 6),
                },
            )

    def _absent(self, student, first, last, reason="illness", **vals):
        return self._insert(
            "meal.absence",
            **{
                "student_id": student.id,
                "school_id": student.school_id.id,
                "class_id": student.class_id.id,
                "date_from": date(2026, 11, first),
                "date_to": date(2026, 11, last),
                "reason": reason,
                "source": "teacher",
                "reported_at": datetime(2026, 11, first, 6),
                **vals,
            },
        )

    def _close(self, days=None):
        for day in self.days if days is None else days:
            self._insert(
                "meal.day",
                **{"school_id": self.school.id, "date": day, "state": "closed"},
            )

    def _portion(self, student, day, meal, *parts, **vals):
        """A frozen portion; `parts` are (source, roubles)."""
        meal_day = self.env["meal.day"].search(
            [("school_id", "=", self.school.id), ("date", "=", day)]
        )
        line = self._insert(
            "meal.day.line",
            **{
                "day_id": meal_day.id,
                "school_id": self.school.id,
                "company_id": self.city.id,
                "date": day,
                "student_id": student.id,
                "class_id": student.class_id.id,
                "meal_type_id": meal.id,
                "age_group_id": self.older.id,
                "presence": "present",
                "outcome": "issued",
                "price": sum(amount for _source, amount in parts),
                **vals,
            },
        )
        for source, amount in parts:
            self._insert(
                "meal.day.part",
                **{
                    "line_id": line.id,
                    "source_id": source.id,
                    "amount": amount,
                    "transfer_uuid": str(uuid4()),
                },
            )
        return line

    def _no_commits(self):
        """A test runs in one transaction: a cron goes on without committing."""
        cron = type(self.env["ir.cron"])
        return patch.object(cron, "_commit_progress", return_value=60)

    def _row(self, sheet, student):
        rows = sheet._get_content()["rows"]
        return next(row for row in rows if row["student"] == student.id)


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


@tagged("post_install", "-at_install")
@freeze_time(LATER)
class TestMealTimesheet(TimesheetCase):
    def setUp(self):
        super().setUp()
        self._close()
        self.first, self.second = self.days[:2]
        parents = (self.parent_source, 98.1)
        shared = ((self.regional, 68.67), (self.parent_source, 29.43))
        self._portion(self.student, self.first, self.breakfast, parents)
        self.line = self._portion(self.student, self.second, self.breakfast, parents)
        self._portion(self.student, self.first, self.lunch, (self.parent_source, 126.5))
        self._portion(self.classmate, self.first, self.breakfast, *shared)
        self._portion(
            self.classmate, self.second, self.breakfast, outcome="not_claimed"
        )
        self.sheet = self._generate("meals")

    def test_marks_and_money_are_those_of_the_frozen_portions(self):
        content = self._as("operator", self.sheet)._get_content()
        row = self._row(self.sheet, self.student)
        index = self.first.day - 1
        self.assertEqual(row["marks"][index], "ЗО")
        self.assertEqual((row["portions"], row["total"]), (3, 32270))
        self.assertFalse(row["is_benefit"])
        other = self._row(self.sheet, self.classmate)
        self.assertEqual(
            (other["portions"], other["parts"]), (1, {"region": 6867, "parent": 2943})
        )
        self.assertTrue(other["is_benefit"])
        self.assertEqual(content["total"], 32270 + 9810)
        self.assertEqual(sum(content["parts"].values()), content["total"])
        self.assertEqual(content["day_totals"][index], 9810 + 12650 + 9810)
        self.assertEqual(content["day_students"][index], 2)
        self.assertEqual(
            [(each["price"], each["portions"]) for each in content["prices"]],
            [(9810, 3), (12650, 1)],
        )

    def test_teachers_version_says_nothing_of_who_pays(self):
        content = self._as("teacher", self.sheet)._get_content()
        self.assertNotIn("sources", content)
        self.assertNotIn("parts", content)
        for row in content["rows"]:
            self.assertFalse({"parts", "is_benefit"} & row.keys())
        preview = self._as("teacher", self.sheet).preview
        self.assertNotIn("ьготная", preview)
        self.assertIn("Льготная", self._as("head", self.sheet).preview)

    def test_a_corrected_portion_counts_once(self):
        self._update(self.line, is_current=False)
        self._portion(
            self.student,
            self.second,
            self.breakfast,
            revision=1,
            outcome="not_payable",
        )
        self.assertEqual(self._row(self.sheet, self.student)["portions"], 2)

    def test_open_day_is_not_known_and_stops_the_signature(self):
        day = self.env["meal.day"].search(
            [("school_id", "=", self.school.id), ("date", "=", self.days[4])]
        )
        self._update(day, state="open")
        self.assertIn("?", self._row(self.sheet, self.student)["marks"])
        with self._refused(UserError, f"not closed: {self.days[4].day}"):
            self._as("operator", self.sheet).action_sign()
        self.assertEqual(self.sheet.state, "draft")

    def test_teacher_does_not_sign_meals(self):
        with self._refused(AccessError, "responsible for meals"):
            self._as("teacher", self.sheet).action_sign()
        self._as("operator", self.sheet).action_sign()
        self.assertEqual(self.sheet.signed_by_id, self.roles["operator"])

    def test_other_payers_of_the_same_sum_are_a_difference(self):
        self._as("operator", self.sheet).action_sign()
        self._update(self.line, is_current=False)
        self._portion(
            self.student,
            self.second,
            self.breakfast,
            (self.regional, 98.1),
            revision=1,
        )
        self.assertIn("others pay the same sum", self.sheet.changes)
        draft = self._as("operator", self.sheet)._make_next_versions()
        self.assertIn("others pay the same sum", draft.changes)
        for sheet in self.sheet, draft:
            self.env.invalidate_all()
            seen = self._as("teacher", sheet)
            self.assertEqual((seen.changes, seen.is_different), ("", False))

    def test_month_of_a_school_by_its_wizard(self):
        wizard = self._as("operator", self.env["meal.timesheet.month"]).create(
            {"school_id": self.school.id, "month": date(2026, 10, 15)}
        )
        action = wizard.action_make()
        made = self.env["meal.timesheet"].search(action["domain"])
        self.assertEqual(len(made), 4)  # two classes, two sheets each
        wizard.month = date(2026, 9, 1)
        with self._refused(UserError, "no timesheets of this month"):
            wizard.action_pdf()
        stranger = self._as("operator", self.env["meal.timesheet.month"]).create(
            {"school_id": self.second_school.id, "month": MONTH}
        )
        with self.assertRaises(AccessError):
            stranger.action_make()

    def test_cron_makes_the_sheets_around_the_end_of_a_month(self):
        timesheets = self.env["meal.timesheet"]
        for now, month in (
            ("2026-12-30 12:00:00", None),
            ("2026-12-31 12:00:00", date(2026, 12, 1)),
            ("2027-02-10 12:00:00", date(2027, 1, 1)),
            ("2027-03-11 12:00:00", None),
        ):
            before = timesheets.search([])
            with self.subTest(now=now), freeze_time(now), self._no_commits():
                timesheets._cron_generate()
                made = timesheets.search([]) - before
                self.assertEqual(set(made.mapped("month")), {month} - {None})


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
