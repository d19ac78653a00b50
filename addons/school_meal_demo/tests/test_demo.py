import random
from datetime import UTC, datetime, timedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged

from odoo.addons.school_meal_demo import clock, const


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

    def test_the_clock_goes_on_and_comes_back(self):
        before = datetime.now()
        moment = datetime(2026, 9, 1, 12, tzinfo=UTC)
        with clock.story():
            for day in (0, 3):
                with clock.at(moment + timedelta(days=day)):
                    shown = fields.Datetime.now() - timedelta(days=day)
                self.assertEqual(shown.replace(second=0), datetime(2026, 9, 1, 12))
            self.assertLess(abs(datetime.now() - before), timedelta(minutes=5))
        self.assertLess(abs(datetime.now() - before), timedelta(minutes=5))
