from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .common import SchoolMealCase

FORM = {"last_name": {}, "snils": {}, "medical_diet": {}, "allergen_ids": {}}


@tagged("post_install", "-at_install")
class TestAccessLog(SchoolMealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        cls.student.snils = "11223344595"

    def _lines(self):
        rows = self.env["school.access.log"].search([("student_id", "!=", False)])
        return [(row.user_id, row.student_id, row.kind) for row in rows]

    def test_opening_a_form_is_one_line(self):
        operator = self.roles["operator"]
        self._as("operator", self.student).web_read(FORM)
        self.assertEqual(self._lines(), [(operator, self.student, "both")])

    def test_what_was_shown_is_told_apart(self):
        student = self._as("operator", self.student)
        student.read(["snils"])
        student.read(["medical_diet", "last_name"])
        student.read(["snils", "allergen_ids"])
        kinds = [kind for _user, _student, kind in self._lines()]
        self.assertEqual(kinds, ["both", "health", "snils"])

    def test_lists_and_forms_without_these_fields_leave_nothing(self):
        students = self._as("operator", self.env["school.student"])
        students.web_search_read([], {"last_name": {}, "class_id": {}})
        self._as("operator", self.student).web_read({"last_name": {}})
        self.student.read(["snils"])  # superuser: code, not a person
        self.assertFalse(self._lines())

    def test_a_list_with_the_column_and_a_file_are_a_line_for_each_student(self):
        self.roles["operator"].group_ids += self.env.ref("base.group_allow_export")
        students = self._as("operator", self.student + self.classmate)
        students.web_search_read([("id", "in", students.ids)], {"snils": {}})
        students.export_data(["last_name", "allergen_ids/name"])
        self.assertEqual(len(self._lines()), 4)

    def test_a_search_that_reads_and_a_heading_of_a_group_are_logged(self):
        students = self._as("operator", self.env["school.student"])
        mine = [("id", "in", (self.student + self.classmate).ids)]
        students.search_read(mine, ["last_name"])
        students.formatted_read_group(mine, ["class_id"], ["__count"])
        self.assertFalse(self._lines())
        students.search_read(mine, ["snils"])
        self.assertEqual(len(self._lines()), 2)
        students.formatted_read_group(mine, ["snils"], ["__count"])
        self.assertEqual(len(self._lines()), 4)
        students.formatted_read_grouping_sets(mine, [["snils"], []], ["__count"])
        self.assertEqual(len(self._lines()), 6)
        self.assertEqual({kind for _user, _student, kind in self._lines()}, {"snils"})

    def test_the_number_of_a_card_is_shown_to_nobody_unseen(self):
        card = self.env["school.card"].create({"student_id": self.student.id})
        card._bind("BCD14264")
        cards = self._as("operator", card)
        cards.web_search_read([("id", "=", card.id)], {"number_end": {}, "stage": {}})
        self.assertFalse(self._lines())
        cards.web_read({"uid": {}, "key_w26": {}})
        self.assertEqual(
            self._lines(), [(self.roles["operator"], self.student, "card")]
        )

    def test_lines_stay_as_they_are(self):
        self._as("operator", self.student).read(["snils"])
        line = self.env["school.access.log"].search([], limit=1)
        with self._refused(UserError, "cannot be changed"):
            line.kind = "health"
        with self.assertRaises(UserError):
            self._as("manager", line).unlink()


@tagged("post_install", "-at_install")
class TestAccessLogRemotely(HttpCase):
    def test_a_remote_read_is_recorded(self):
        """The server gives reading calls a read-only cursor unless told otherwise."""
        admin = self.env.ref("base.user_admin")
        company = self.env["res.company"].create({"name": "Test City"})
        admin.company_ids = [Command.link(company.id)]
        school = self.env["school.school"].create(
            {"name": "School 24", "code": "024", "company_id": company.id}
        )
        student = self.env["school.student"].create(
            {"last_name": "Kim", "first_name": "Yan", "school_id": school.id}
        )
        self.authenticate("admin", "admin")
        mine = [("id", "=", student.id)]
        for method, *args in (
            ("web_read", student.ids, {"snils": {}}),
            ("read", student.ids, ["snils"]),
            ("search_read", mine, ["snils"]),
            ("web_search_read", mine, {"snils": {}}),
        ):
            with self.assertNoLogs("odoo.http", "WARNING"):
                self.make_jsonrpc_request(
                    f"/web/dataset/call_kw/school.student/{method}",
                    {
                        "model": "school.student",
                        "method": method,
                        "args": args,
                        "kwargs": {"context": {"allowed_company_ids": company.ids}},
                    },
                )
        lines = self.env["school.access.log"].search([("student_id", "=", student.id)])
        self.assertEqual(lines.user_id, admin)
        self.assertEqual(len(lines), 4)
