from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .timesheet_common import LATER, MONTH, TimesheetCase


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
