from odoo.tests import HttpCase, tagged

from .common import SchoolMealCase


@tagged("post_install", "-at_install")
class TestStudentTours(SchoolMealCase, HttpCase):
    """Dialogs that reach beyond the operator's own school, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.class_second = cls._new_class(cls.second_school, 5, "А")
        cls.operator = cls._new_user("operator_24", "group_operator", cls.school)

    def _start(self, tour):
        path = f"/odoo/action-school_meal_base.school_student_action/{self.student.id}"
        self.start_tour(path, tour, login=self.operator.login)

    def test_an_operator_sends_a_student_to_another_school(self):
        self._start("school_meal_base_transfer")
        self.assertEqual(self.student.school_id, self.second_school)
        self.assertFalse(self.student.class_id)

    def test_a_leavers_money_is_given_to_a_sister_at_another_school(self):
        self.sibling._transfer(self.second_school, self.class_second, self._today())
        self._top_up(self.account, 5000)
        self._start("school_meal_base_leave")
        self.assertEqual(self.sibling.account_id.posted, 50.0)
        self.assertEqual(self.student.state, "left")

    def test_a_snils_is_shown_and_typed_with_dashes(self):
        self.student.snils = "112-233-445 95"
        self._start("school_meal_base_snils")
        self.assertEqual(self.student.snils, "08765430300")

    def test_a_form_says_which_fields_are_missing(self):
        self.env["res.lang"]._activate_lang("en_US")
        self.operator.lang = "en_US"
        path = "/odoo/action-school_meal_base.school_student_action/new"
        self.start_tour(path, "school_meal_base_required", login=self.operator.login)
