import re
from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import format_date

from ..domain import roster_code
from ..models.database_secret import get_secret
from .common import MONDAY
from .issue_common import IssueCase

NOW = datetime(2026, 11, 16, 9, 0)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestIssueRoster(IssueCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        for student in (cls.student, cls.classmate):
            cls._order(student)
        cls.secret = get_secret(cls.env)

    def _entry(self, role="canteen", code=None):
        form = Form(self._as(role, self.env["meal.roster.entry"]))
        if code:
            form.sheet_code = code
        else:
            form.school_id = self.school
            form.class_id = self.class_5a
            form.date = MONDAY
        form.meal_type_id = self.breakfast
        return form

    def test_a_sheet_is_typed_back_once(self):
        code = roster_code.sheet_code(self.secret, self.class_5a.id, MONDAY)
        for _again in range(2):
            entry = self._entry(code=code.lower())
            self.assertEqual(entry.class_id, self.class_5a)
            self.assertEqual(entry.given_count, 2)
            entry.save().action_save()
        events = self._school_events()
        self.assertEqual(events.student_id, self.student + self.classmate)
        self.assertEqual(len(events), 2)
        self.assertEqual(set(events.mapped("verdict")), {"ok"})
        self.assertEqual(set(events.mapped("source")), {"paper"})
        self.assertEqual(events.user_id, self.roles["canteen"])

    def test_its_name_has_the_day_as_people_write_it(self):
        entry = self._entry().save()
        day = format_date(entry.env, MONDAY)
        self.assertEqual(entry.display_name, f"5А, {day}")
        self.assertNotIn("2026-11", day)

    def test_all_except_one(self):
        with self._entry() as entry:
            lines = list(entry.line_ids._records)
            self.assertEqual(len(lines), 2)
            with entry.line_ids.edit(0) as line:
                self.assertEqual(line.student_id, self.student)
                line.is_given = False
        entry.record.action_save()
        self.assertEqual(self._school_events().student_id, self.classmate)

    def test_a_stop_is_given_for_a_reason_only(self):
        self._serve_nuts(self.student, meal=self.breakfast)
        entry = self._entry()
        with entry.line_ids.edit(0) as line:
            self.assertEqual((line.state, line.is_given), ("stop", False))
            self.assertEqual(line.stop, "Test nuts")
        record = entry.save()
        stopped = record.line_ids[0]
        stopped.write({"is_given": True, "state": "ordered", "stop": False})
        with self._refused(UserError, "must not get this meal"):
            record.action_save()
        self.assertFalse(self._school_events())
        stopped.reason = "medic_confirmed"
        record.action_save()
        event = self._school_events().filtered(lambda e: e.student_id == self.student)
        self.assertEqual((event.verdict, event.reason), ("allergen", "medic_confirmed"))

    def test_what_the_tablet_recorded_is_not_doubled_or_taken_back(self):
        self._record(self._event(student=self.student.id))
        entry = self._entry()
        with entry.line_ids.edit(0) as line:
            self.assertEqual(line.state, "issued")
            line.is_given = False
        entry.save().action_save()
        given = self._school_events().filtered(lambda event: event.action == "given")
        self.assertEqual(given.student_id, self.student + self.classmate)
        self.assertFalse(self._school_events().filtered(lambda e: e.action == "undone"))

    def test_a_typed_mark_is_corrected_and_typed_again(self):
        self._entry().save().action_save()
        for given in (False, True):
            entry = self._entry()
            with entry.line_ids.edit(0) as line:
                line.is_given = given
            for _twice in range(2):
                entry.save().action_save()
        actions = (
            self._school_events()
            .filtered(lambda event: event.student_id == self.student)
            .sorted("id")
            .mapped("action")
        )
        self.assertEqual(actions, ["given", "undone", "given"])
        self._assert_one_portion()

    def test_a_wrong_number_is_not_a_sheet(self):
        code = roster_code.sheet_code(self.secret, self.class_5a.id, MONDAY)
        wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
        entry = self.env["meal.roster.entry"].new({"sheet_code": wrong})
        self.assertIn("warning", entry._onchange_sheet_code())
        self.assertFalse(entry.class_id)

    def test_only_the_staff_of_the_school_types_lists(self):
        entry = self._entry().save()
        entry.sudo().school_id = self.second_school
        entry.sudo().class_id = self._new_class(self.second_school, 5, "А")
        with self._refused(AccessError, "school.school"):
            entry.action_save()
        head = self.roles["head"]
        with self._refused(UserError, "typed back"):
            self._entry().save().with_user(head).sudo()._check_may_enter()
        self.assertFalse(self._school_events())

    def test_the_lists_of_a_school_are_one_file(self):
        job = self._as("canteen", self.env["meal.roster.print"]).create(
            {"school_id": self.school.id, "date": MONDAY}
        )
        self.authenticate("test_canteen", "test_canteen")
        response = self.url_open(f"/school_meal/roster/{job.id}")
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        pages = re.findall(rb"/Type /Page\b", response.content)
        self.assertEqual(len(pages), 2)
        self.authenticate("test_operator", "test_operator")
        self.assertEqual(
            self.url_open(f"/school_meal/roster/{job.id}").status_code, 404
        )
