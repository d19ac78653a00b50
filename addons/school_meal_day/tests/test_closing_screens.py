from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .closing_common import ClosingCase


@tagged("post_install", "-at_install")
class TestClosingScreens(ClosingCase):
    def setUp(self):
        super().setUp()
        self._give_all()
        self._close()

    def test_portions_are_found_by_the_name(self):
        names = self.env["meal.day.line"].name_search("Petrov")
        self.assertEqual([each[0] for each in names], self._lines(self.classmate).ids)

    def test_a_correction_from_the_list(self):
        lines = self._lines(self.student) + self._lines(self.classmate)
        context = lines.action_correct()["context"]
        with Form(self.env["meal.correction"].with_context(**context)) as form:
            form.reason = "Excursion"
        correction = form.record
        self.assertEqual(correction.line_ids.student_id, lines.student_id)
        correction.action_book()
        self.assertEqual(self._balance(self.student), 0)
        with self._refused(UserError, "as they count now"):
            lines.action_correct()

    def test_postings_of_the_day(self):
        action = self.day.action_open_postings()
        entries = self.env["meal.transfer"].search(action["domain"])
        self.assertEqual(len(entries), 4)
        correction = self.env["meal.correction"]._make(
            self._lines(self.student), "Was ill", outcome="not_claimed"
        )
        self.assertEqual(
            len(
                self.env["meal.transfer"].search(
                    correction.action_open_postings()["domain"]
                )
            ),
            2,
        )
        self.assertEqual(
            len(
                self.env["meal.transfer"].search(
                    self.day.action_open_postings()["domain"]
                )
            ),
            5,
        )

    def test_accounts_have_names(self):
        account = self.env["meal.account"]._system(
            "funding", self.city, school=self.school, code="region"
        )
        self.regional.name = "The region"
        self.assertEqual(account.name, "region")
        self.assertEqual(
            self.env["meal.account"]
            ._system("supplier", self.city, school=self.school, code="meals")
            .name,
            "Set meals",
        )

    def test_names(self):
        self.assertEqual(self.day.display_name, "School 24, 16.11.2026")
        self.assertEqual(
            self._lines(self.student).display_name, "Ivanov Ivan, 5А, Lunch"
        )
        self.assertEqual(self._lines(self.student).payers, "126.50 Parents' payment")

    def test_those_who_close_days_export_their_lists(self):
        self._make_roles()
        for role in ("operator", "department", "accountant", "teacher", "canteen"):
            with self.subTest(role=role):
                self.assertEqual(
                    self.roles[role].has_group("base.group_allow_export"),
                    role not in ("teacher", "canteen"),
                )
