from datetime import date

from psycopg2.errors import ExclusionViolation

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .closing_common import MONDAY, ClosingCase
from .common import MealDayCase


@tagged("post_install", "-at_install")
class TestTariffs(MealDayCase):
    def _new(self, meal=None, age=None, price=50, **vals):
        return self.tariffs.create(
            self._prepare_tariff(
                meal or self.lunch, self.young if age is None else age, price, **vals
            )
        )

    def test_no_two_prices_at_a_time(self):
        for vals in (
            {},
            {"date_from": date(2027, 1, 1)},
            {"date_from": date(2026, 1, 1), "date_to": date(2026, 9, 1)},
        ):
            with self._refused(ValidationError, "valid at the same time"):
                self._new(**vals)

    def test_other_keys_and_times(self):
        self._new(date_from=date(2026, 1, 1), date_to=date(2026, 8, 31))
        self._new(school_id=self.school.id)
        self._new(age=self.env["meal.age.group"])

    def test_the_database_refuses_what_comes_between(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(ExclusionViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                """
                INSERT INTO meal_tariff (company_id, meal_type_id, age_group_id, price,
                                         date_from)
                SELECT company_id, meal_type_id, age_group_id, 1, date_from
                  FROM meal_tariff WHERE id = %s
                """,
                [self.tariffs[0].id],
            )
            self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def test_a_new_price(self):
        old = self.tariffs[0]
        wizard = self.env["meal.tariff.change"].create(
            {
                "tariff_id": old.id,
                "price": 91.20,
                "date_from": date(2027, 1, 11),
                "basis": "Decision 15",
            }
        )
        new = self.tariffs.browse(wizard.action_change()["res_id"])
        self.assertEqual(old.date_to, date(2027, 1, 10))
        self.assertEqual(
            (new.price, new.date_from, new.date_to, new.basis, new.age_group_id),
            (91.20, date(2027, 1, 11), False, "Decision 15", old.age_group_id),
        )
        with self._refused(UserError, "choose a later day"):
            old._succeed(1, old.date_from, "")

    def test_overview(self):
        overview = self.env["meal.price.overview"].create(
            {"school_id": self.school.id, "date": MONDAY}
        )
        rows = overview._get_rows()
        self.assertIn(
            (
                "1Б",
                1,
                "Grades 1-4, hot meal",
                "Breakfast",
                "85.30",
                "59.71 region + 25.59 town",
            ),
            rows,
        )
        self.assertIn(
            ("5А", 2, "–", "Lunch", "126.50", "126.50 Parents' payment"), rows
        )
        self.assertIn("126.50 Parents", overview.table)
        overview.date = date(2020, 1, 1)
        self.assertIn("No meal has a price", overview.table)


@tagged("post_install", "-at_install")
class TestFundingRules(MealDayCase):
    def _line(self, source, mode="rest", sequence=1, **vals):
        return Command.create(
            {"source_id": source.id, "mode": mode, "sequence": sequence, **vals}
        )

    def _rule(self, *lines):
        return self.free_rule.create(
            {
                "name": "Rule",
                "company_id": self.city.id,
                "date_from": MONDAY,
                "line_ids": list(lines),
            }
        )

    def test_what_is_left_comes_last(self):
        with self._refused(ValidationError, "comes last"):
            self._rule(
                self._line(self.regional),
                self._line(self.municipal, "percent", 2, percent=10),
            )
        rest = self.free_rule.line_ids.filtered(lambda ln: ln.mode == "rest")
        with self._refused(ValidationError, "comes last"):
            rest.sequence = 0

    def test_no_more_than_the_price(self):
        with self._refused(ValidationError, "more than 100 percent"):
            self._rule(
                self._line(self.regional, "percent", 1, percent=60),
                self._line(self.municipal, "percent", 2, percent=40.01),
            )
        self._rule(
            self._line(self.regional, "percent", 1, percent=60),
            self._line(self.municipal, "percent", 2, percent=40),
        )

    def test_somebody_pays(self):
        with self._refused(ValidationError, "add a part"):
            self._rule()

    def test_the_example(self):
        """Live, before the rule is stored."""
        self.tariffs.date_from = date(2020, 1, 1)
        rule = self.free_rule.with_context(lang="en_US")
        self.assertIn(
            "Breakfast, 7 to 11 years: 85.30 = 59.71 region + 25.59 town", rule.example
        )
        with Form(rule) as form:
            with form.line_ids.edit(0) as line:
                line.percent = 50
            self.assertIn("85.30 = 42.65 region + 42.65 town", form.example)
            with form.line_ids.edit(1) as line:
                line.mode = "amount"
                line.amount = 10
            self.assertIn(
                "85.30 = 42.65 region + 10.00 town + 32.65 the parents", form.example
            )

    def test_budget_code(self):
        with self._refused(ValidationError, "twenty digits"):
            self.regional.kbk = "123"


@tagged("post_install", "-at_install")
class TestUsedPrices(ClosingCase):
    """What a closed day was priced by ends; it does not change."""

    def setUp(self):
        super().setUp()
        self._give_all()
        self._close()
        self.lunch_price = self._lines(self.student).tariff_id

    def test_prices(self):
        self.assertTrue(self.lunch_price.is_used)
        for vals in (
            {"price": 1},
            {"date_from": date(2026, 9, 2)},
            {"date_to": date(2026, 11, 15)},
            {"age_group_id": self.young.id},
            {"school_id": self.school.id},
        ):
            with self.subTest(vals=vals), self._refused(UserError, "stays as it is"):
                self.lunch_price.write(vals)
        with self._refused(UserError, "stays as it is"):
            self.lunch_price.unlink()
        self.lunch_price.write({"date_to": MONDAY, "basis": "Decision", "price": 126.5})
        self.assertEqual(self.lunch_price.price, 126.50)

    def test_unused_prices(self):
        unused = self.tariffs - self.env["meal.day.line"].search([]).tariff_id
        unused.price = 5
        unused.unlink()

    def test_rules(self):
        rule, line = self.free_rule, self.free_rule.line_ids[0]
        self.assertTrue(rule.is_used)
        for change in (
            lambda: rule.write({"category_id": False}),
            lambda: rule.write({"meal_type_ids": [Command.set(self.lunch.ids)]}),
            lambda: rule.write({"date_to": date(2026, 11, 15)}),
            lambda: line.write({"percent": 71}),
            lambda: line.unlink(),
            lambda: line.copy({"source_id": self.parent_source.id}),
            lambda: rule.unlink(),
        ):
            with self._refused(UserError, "stays as it is"):
                change()
        rule.write({"date_to": MONDAY, "name": "Until November"})
        copy = rule.copy({"date_from": date(2026, 11, 17), "date_to": False})
        copy.line_ids[0].percent = 80

    def test_sources(self):
        with self._refused(ValidationError, "has paid for portions"):
            self.regional.code = "other"
        self.regional.write({"code": "region", "name": "The region"})
