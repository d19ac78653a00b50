import io
from datetime import date

import openpyxl
from PyPDF2 import PdfReader

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import MONDAY
from .menu_common import MenuCase


class RequirementCase(MenuCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()

    def _snapshot(self, kind, count, **line):
        return self.env["meal.snapshot"].create(
            {
                "school_id": self.school.id,
                "date": MONDAY,
                "kind": kind,
                "taken_at": "2026-11-16 06:00:00",
                "line_ids": [
                    Command.create(
                        {
                            "meal_type_id": self.breakfast.id,
                            "age_group_id": self.young.id,
                            "class_id": self.class_1b.id,
                            "quantity": count,
                            **line,
                        }
                    )
                ],
            }
        )

    def _require(self, role="canteen"):
        return self._as(role, self.env["meal.requirement"]).create(
            {"school_id": self.school.id, "date": MONDAY}
        )

    def _needs(self, requirement):
        return {
            line.ingredient_id.name: (line.portions, line.quantity_kg, line.cost)
            for line in requirement.line_ids
        }


@tagged("post_install", "-at_install")
class TestRequirement(RequirementCase):
    def test_products_are_portions_by_recipe(self):
        self._new_menu(MONDAY, approve=True)
        self._snapshot("order", 120)
        self.assertEqual(
            self._needs(self._require()),
            {
                "Rice": (120, 6, 600),
                "Milk": (120, 18, 1440),
                "Flour": (120, 3.6, 144),
            },
        )

    def test_the_newest_order_or_correction_counts_before_the_forecast(self):
        self._new_menu(MONDAY, approve=True)
        self._snapshot("forecast", 100)
        requirement = self._require()
        self.assertEqual(requirement.portion_count, 100)
        for kind, count in (("order", 90), ("correction", 88), ("correction", 91)):
            self._snapshot(kind, count)
            requirement.action_recompute()
            self.assertEqual(requirement.portion_count, count)

    def test_live_orders_count_while_nothing_is_fixed(self):
        self._new_menu(MONDAY, approve=True)
        values = {
            "date": MONDAY,
            "meal_type_id": self.breakfast.id,
            "school_id": self.school.id,
            "class_id": self.class_1b.id,
            "company_id": self.city.id,
            "age_group_id": self.young.id,
            "origin": "entitled",
        }
        other = self._new_student(self.class_1b, "Orlov", "Oleg")
        orders = self.env["meal.order"].create(
            [{**values, "student_id": one.id} for one in self.sibling + other]
        )
        orders[1].state = "cancelled"
        self.assertEqual(self._require().portion_count, 1)

    def test_portions_without_an_approved_menu_are_told_and_left_out(self):
        diet = self.env["meal.variant"].create(
            {"name": "Diet", "company_id": self.city.id}
        )
        menu = self._new_menu(MONDAY)
        self._snapshot("order", 50)
        requirement = self._require()
        self.assertIn("the menu is not approved, 50 portions", requirement.problems)
        self.assertFalse(requirement.line_ids)
        menu.action_approve()
        self._snapshot("correction", 3, variant_id=diet.id)
        requirement.action_recompute()
        self.assertIn("Diet: no menu for 3 portions", requirement.problems)

    def test_a_dish_that_is_bought_is_a_product_itself(self):
        self._new_menu(
            MONDAY,
            approve=True,
            line_ids=[
                Command.create(
                    {"meal_type_id": self.breakfast.id, "dish_id": self.tea.id}
                )
            ],
        )
        self._snapshot("order", 10)
        self.assertEqual(self._needs(self._require()), {"Tea": (10, 2, 0)})

    def test_approved_it_stays_and_shows_what_changed(self):
        self._new_menu(MONDAY, approve=True)
        self._snapshot("order", 120)
        requirement = self._require()
        with self._refused(AccessError, "Only the head"):
            requirement.action_approve()
        self._as("head", requirement.with_env(self.env)).action_approve()
        self.assertEqual(requirement.state, "approved")
        self.assertFalse(requirement.changes)
        self._snapshot("correction", 118)
        requirement.invalidate_recordset()
        self.assertEqual(
            requirement.changes, "Breakfast, 7 to 11 years: 118 instead of 120"
        )
        for attempt in (
            requirement.action_recompute,
            lambda: requirement.line_ids[0].write({"quantity_kg": 1}),
            lambda: requirement.line_ids.unlink(),
        ):
            with self._refused(UserError, "is approved"):
                attempt()
        self.assertEqual(requirement.portion_count, 120)

    def test_portions_are_not_entered_by_hand(self):
        self._new_menu(MONDAY, approve=True)
        self._snapshot("order", 120)
        forged = [[self.breakfast.id, self.young.id, 0, 0, 5]]
        requirement = self._as("canteen", self.env["meal.requirement"]).create(
            {"school_id": self.school.id, "date": MONDAY, "portions": forged}
        )
        with self._refused(AccessError, "not entered"):
            requirement.write({"portions": forged})
        self.assertEqual(requirement.portion_count, 120)

    def test_an_empty_requirement_is_not_approved(self):
        requirement = self._require()
        with self._refused(UserError, "has no products"):
            requirement.with_env(self.env).action_approve()

    def test_the_form_has_what_the_order_wants(self):
        self._new_menu(MONDAY, approve=True)
        self._new_menu(MONDAY, approve=True, age_group_id=self.older.id)
        self._snapshot("order", 120)
        self._snapshot("correction", 30, age_group_id=self.older.id)
        requirement = self._require()
        pages = PdfReader(io.BytesIO(requirement._make_pdf())).pages
        self.assertGreater(pages[0].mediabox.width, pages[0].mediabox.height)
        text = "".join(page.extract_text() for page in pages)
        for words in (
            "0504202", "Утверждаю", "16.11.2026", "Rice porridge", "Milk", "Повар",
            "Кладовщик", "Бухгалтер", "ПРОЕКТ",
        ):  # fmt: skip
            self.assertIn(words, text)

    def test_the_workbook_has_numbers(self):
        self._new_menu(MONDAY, approve=True)
        self._snapshot("order", 120)
        book = openpyxl.load_workbook(io.BytesIO(self._require()._make_xlsx()))
        products, details = book.worksheets
        self.assertEqual(
            [cell.value for cell in products[7]][0:1] + [products["E7"].value],
            ["Milk", 18],
        )
        self.assertEqual(products["G9"].value, 2184)
        self.assertEqual(details.max_row, 4)

    def test_a_product_like_a_formula_stays_text(self):
        self._new_menu(MONDAY, approve=True)
        self._snapshot("order", 120)
        requirement = self._require()
        products = requirement.line_ids.ingredient_id.sudo()
        for sign, product in zip("=+@", products, strict=False):
            product.name = f"{sign}1+1"
        book = openpyxl.load_workbook(io.BytesIO(requirement._make_xlsx()))
        cells = [
            cell
            for sheet in book.worksheets
            for row in sheet.iter_rows()
            for cell in row
        ]
        self.assertNotIn("f", {cell.data_type for cell in cells})
        self.assertIn("=1+1", [cell.value for cell in cells])


@tagged("post_install", "-at_install")
class TestDownloads(RequirementCase, HttpCase):
    def test_documents_are_for_those_who_may_read_them(self):
        self._new_menu(MONDAY, approve=True)
        self._snapshot("order", 120)
        requirement = self._require()
        cycle = self._new_cycle(date_from=date(2026, 9, 1))
        urls = [
            f"/school_meal/menu/requirement/{requirement.id}/pdf",
            f"/school_meal/menu/requirement/{requirement.id}/xlsx",
            f"/school_meal/menu/cycle/{cycle.id}",
        ]
        for role, status in (("canteen", 200), ("nobody", 403)):
            self.authenticate(f"test_{role}", f"test_{role}")
            for url in urls:
                with self.subTest(role=role, url=url), mute_logger("odoo.http"):
                    self.assertEqual(self.url_open(url).status_code, status)
        self.authenticate("test_canteen", "test_canteen")
        missing = self.url_open("/school_meal/menu/cycle/999999999")
        self.assertEqual(missing.status_code, 404)
