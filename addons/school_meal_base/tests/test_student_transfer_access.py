"""Between schools: who sends a child, who sees it then, where a leaver's money goes."""

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import SchoolMealCase


@tagged("post_install", "-at_install")
class TestStudentTransferAccess(SchoolMealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        cls.class_second = cls._new_class(cls.second_school, 5, "А")
        cls.receiver = cls._new_user(
            "test_receiver", "group_operator", cls.second_school
        )
        cls.student.enrolment_ids.date_from = date(2026, 9, 1)

    def _wizard(self, role, student, **vals):
        model = self._as(role, self.env["school.student.transfer"]).with_context(
            active_model="school.student", active_ids=student.ids
        )
        return model.create(vals) if vals else Form(model)

    def _receive(self, record):
        return record.with_user(self.receiver).with_context(
            allowed_company_ids=self.city.ids
        )

    # === TRANSFER === #

    def test_the_sending_operator_chooses_any_school_of_the_municipality(self):
        schools = self._as("operator", self.env["school.school"])
        domain = [("company_id", "=", self.city.id)]
        offered = schools.with_context(school_transfer=True).web_name_search(
            "School", {"display_name": {}}, domain
        )
        self.assertEqual(
            {row["id"] for row in offered}, {self.school.id, self.second_school.id}
        )
        self.assertEqual(len(schools.name_search("School")), 1)
        foreign = schools.with_context(school_transfer=True).name_search("School 1")
        self.assertFalse(foreign)

    def test_the_receiving_school_sees_the_child_and_chooses_the_class(self):
        form = self._wizard("operator", self.student)
        form.school_id = self.second_school
        self.assertFalse(form.class_id)
        action = form.save().action_transfer()
        self.assertEqual(action["params"]["next"]["res_model"], "school.student")
        self.assertEqual(self.student.school_id, self.second_school)
        self.assertEqual(self.account.school_id, self.second_school)
        with self.assertRaises(AccessError):
            self._as("operator", self.student).read(["last_name"])
        received = self._receive(self.student)
        received.class_id = self.class_second
        self.assertEqual(received.enrolment_ids[:1].reason, "school")
        self.assertEqual(received.enrolment_ids[:1].class_name, "5А")

    def test_the_department_moves_students_of_its_schools(self):
        form = self._wizard("department", self.student)
        form.school_id = self.second_school
        form.class_id = self.class_second
        form.save().action_transfer()
        self.assertEqual(self.student.class_id, self.class_second)
        with self.assertRaises(AccessError):
            self._as("department", self.student).write({"class_id": False})

    def test_within_a_school_a_class_is_needed(self):
        wizard = self._wizard("operator", self.student, class_id=False)
        with self._refused(UserError, "Choose the class"):
            wizard.action_transfer()

    def test_nobody_takes_or_sends_students_of_others(self):
        second = self._new_student(self.class_second, "Orlov", "Oleg")
        vals = {"school_id": self.school.id, "class_id": self.class_5a.id}
        for role, student in (("operator", second), ("department", self.stranger)):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self._wizard(role, student, **vals).action_transfer()
        for role in ("teacher", "head", "accountant", "cashier"):
            with self.assertRaises(AccessError):
                self._wizard(role, self.student, **vals)

    def test_another_municipality_is_refused_to_all(self):
        vals = {"school_id": self.other_school.id}
        for role in ("operator", "department"):
            with self._refused(ValidationError, "another municipality"):
                self._wizard(role, self.student, **vals).action_transfer()

    # === MONEY OF A LEAVER === #

    def test_a_leavers_money_goes_to_a_sibling_at_another_school(self):
        self._top_up(self.account, 5000)
        self.sibling._transfer(self.second_school, self.class_second, self._today())
        students = self._as("operator", self.env["school.student"])
        wizards = self._as("operator", self.env["school.student.leave"])
        wizard = wizards.with_context(
            active_model="school.student", active_ids=self.student.ids
        ).create({})
        offered = students.with_context(
            school_siblings_of=self.student.id
        ).web_name_search("", {"display_name": {}}, [])
        self.assertEqual([row["id"] for row in offered], self.sibling.ids)
        wizard.line_ids.write({"disposition": "sibling", "sibling_id": self.sibling.id})
        wizard.line_ids.web_read({"sibling_id": {"fields": {"display_name": {}}}})
        wizard.action_leave()
        self.assertEqual(self.sibling.account_id.posted, 50.0)
        self.assertEqual(self.account.state, "closed")

    def test_siblings_of_a_foreign_student_are_not_told(self):
        students = self._as("operator", self.env["school.student"])
        with self.assertRaises(AccessError):
            students.with_context(school_siblings_of=self.stranger.id).name_search("")
