from datetime import date

from odoo.tests import tagged

from .common import MealDayCase


@tagged("post_install", "-at_install")
class TestStudentNames(MealDayCase):
    def test_two_of_one_name_are_told_apart_at_the_hatch_and_by_the_teacher(self):
        twin = self._new_student(
            self.class_5a, "Ivanov", "Ivan", birth_date=date(2015, 3, 11)
        )
        names = (self.student + twin + self.classmate)._get_short_names()
        self.assertEqual(
            list(names.values()),
            ["Ivanov Ivan 20.05", "Ivanov Ivan 11.03", "Petrov Petr"],
        )
        screen = self.env["meal.class.screen"]._get_screen(self.class_5a)
        shown = {row["id"]: row["name"] for row in screen["students"]}
        self.assertEqual(shown[twin.id], "Ivanov Ivan 11.03")
        tablet = self.env["school.device"].create(
            {"name": "Tablet", "kind": "serving", "school_id": self.school.id}
        )
        rows = self.env["meal.serving.day"]._get_students(
            tablet, self.school, date(2026, 11, 16)
        )
        at_hatch = {row[0]: row[1] for row in rows}
        self.assertEqual(at_hatch[self.student.id], "Ivanov Ivan 20.05")
        self.assertEqual(at_hatch[self.classmate.id], "Petrov Petr")
