import random

from odoo.tests import TransactionCase, tagged

from odoo.addons.school_meal_demo import const


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    def test_the_list_of_a_school_is_the_same_every_time(self):
        company = self.env.company
        school = self.env["school.school"].create(
            {
                "name": "School",
                "short_name": "School",
                "code": "999",
                "company_id": company.id,
            }
        )
        demo = self.env["meal.demo"]
        first = list(demo._make_rows(school, random.Random(const.SEED)))
        second = list(demo._make_rows(school, random.Random(const.SEED)))
        self.assertEqual(first, second)
        self.assertEqual(len(first), 22 * const.STUDENTS_PER_CLASS)
        self.assertEqual(len({row[7] for row in first}), len(first))
