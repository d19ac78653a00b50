from datetime import date
from random import Random

from odoo.tests import tagged

from odoo.addons.school_meal_base.tests.common import SchoolMealCase
from odoo.addons.school_meal_demo import const

#: A Tuesday.
DAY = date(2026, 11, 17)


@tagged("post_install", "-at_install")
class TestDemoAccess(SchoolMealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = cls.env["meal.demo"]
        children = cls.student + cls.sibling + cls.classmate
        cls.env["school.enrolment"].search(
            [("student_id", "in", children.ids)]
        ).date_from = date(2026, 9, 1)
        cls.school.code = const.CITIES[0]["schools"][0][0]
        cls.env["school.card"].create(
            [
                {"student_id": child.id, "uid": f"40A1{n:02X}5B", "state": "active"}
                for n, child in enumerate(children)
            ]
        )
        cls.demo._create_entrance(cls.school)

    def test_a_day_of_the_history_is_counted(self):
        self.demo._play_passages(self.school, DAY, Random(5))
        days = self.env["attendance.day"].search(
            [("school_id", "=", self.school.id), ("date", "=", DAY)]
        )
        self.assertEqual(days.student_id, self.student + self.sibling + self.classmate)
        came = days.filtered("arrived_at")
        self.assertTrue(came)
        self.assertTrue(all(day.arrived_at < day.left_at for day in came))

    def test_the_living_entrance_has_addresses_of_its_own(self):
        first, second = self.demo._get_entrance(), self.demo._get_entrance()
        self.assertEqual(len(first["cards"]), 3)
        self.assertEqual(len(first["controllers"]), len(second["controllers"]))
        paths = {each["path"] for each in first["controllers"] + second["controllers"]}
        self.assertEqual(len(paths), 2 * len(first["controllers"]))
