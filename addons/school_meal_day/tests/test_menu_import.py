import base64
import io
from datetime import date

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.school_meal_day.domain import cycle_file, sheets
from odoo.addons.school_meal_day.domain.menu_files import Dish

from .menu_common import MenuCase


@tagged("post_install", "-at_install")
class TestImport(MenuCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()

    def _wizard(self, data, role="operator", **vals):
        return self._as(role, self.env["meal.cycle.import"]).create(
            {"file": base64.b64encode(data), "file_name": "tm.xlsx", **vals}
        )

    def _content(self, cycle):
        return [
            (
                line.day_number,
                line.meal_type_id,
                line.section_id,
                line.dish_id,
                line.price,
                line.output_g,
            )
            for line in cycle.line_ids.sorted(
                lambda line: (line.day_number, line.sequence, line.id)
            )
        ]

    def test_what_was_exported_changes_nothing_when_it_is_read(self):
        cycle = self._new_cycle(approve=False)
        before = self._content(cycle)
        dishes = self.env["product.template"].search_count([("is_dish", "=", True)])
        wizard = self._wizard(cycle._make_file(), cycle_id=cycle.id)
        wizard.action_check()
        self.assertEqual((wizard.new_count, wizard.wrong_count), (0, 0))
        self.assertEqual(set(wizard.line_ids.mapped("status")), {"known"})
        wizard.action_import()
        self.assertEqual(self._content(cycle), before)
        self.assertEqual(
            self.env["product.template"].search_count([("is_dish", "=", True)]), dishes
        )

    def test_a_new_cycle_from_a_file_with_new_dishes(self):
        known = Dish(
            "breakfast",
            "гор.блюдо",
            "54-1",
            " rice  Porridge",
            200,
            4567,
            200,
            5,
            6,
            30,
        )
        new = Dish("lunch", "1 блюдо", "99", "Borscht", 250, None, 100, 2, 3, 4)
        file = cycle_file.CycleFile(
            "", "", "", "7-11 лет", date(2026, 9, 1), 10,
            {day: (known, new) for day in range(1, 11)},
        )  # fmt: skip
        wizard = self._wizard(cycle_file.write(file))
        wizard.action_check()
        self.assertEqual(wizard.new_count, 1)
        self.assertFalse(
            self.env["product.template"].search_count([("name", "=", "Borscht")])
        )
        action = wizard.action_import()
        cycle = self.env["meal.cycle"].browse(action["res_id"])
        self.assertEqual(
            (cycle.age_group_id, cycle.day_count, cycle.date_from, cycle.state),
            (self.young, 10, date(2026, 9, 1), "draft"),
        )
        borscht = self.env["product.template"].search([("name", "=", "Borscht")])
        self.assertEqual(len(borscht), 1)
        self.assertEqual(cycle.line_ids.dish_id, self.porridge + borscht)
        self.assertEqual(borscht.dish_output_ids.energy_kcal, 100)
        self.assertEqual(borscht.company_id, self.city)

    def test_wrong_rows_come_back_and_good_ones_go_in(self):
        cycle = self._new_cycle(approve=False)
        book = openpyxl.load_workbook(io.BytesIO(cycle._make_file()))
        sheet = book.worksheets[0]
        rows = range(7, sheet.max_row + 1)
        other = next(
            row
            for row in rows
            if (sheet[f"A{row}"].value, sheet[f"B{row}"].value) == (2, 3)
        )
        sheet["F6"].value = "much"
        sheet[f"F{other}"].value = "-5"
        wizard = self._wizard(sheets.save(book), cycle_id=cycle.id)
        wizard.action_check()
        self.assertEqual(wizard.wrong_count, 2)
        wrong = wizard.line_ids.filtered(lambda line: line.status == "wrong")
        self.assertIn("are numbers", wrong[0].message)
        meals = (sheet["C6"].value, sheet[f"C{other}"].value)
        self.assertEqual(
            [(line.day_number, line.meal_name) for line in wrong],
            [(1, meals[0]), (8, meals[1])],
        )
        wizard.action_import()
        self.assertEqual(len(cycle.line_ids), 28)
        returned = openpyxl.load_workbook(
            io.BytesIO(base64.b64decode(wizard.wrong_file))
        )
        row = returned.worksheets[0]
        self.assertEqual((row["E6"].value, row["F6"].value), ("Rice porridge", "much"))
        self.assertIn("are numbers", row["M6"].value)
        self.assertEqual((row["A7"].value, row["B7"].value), ("2", "3"))
        row["F6"].value = row["F7"].value = 200
        again = self._wizard(sheets.save(returned), cycle_id=cycle.id, mode="add")
        again.action_check()
        again.action_import()
        self.assertEqual(len(cycle.line_ids), 30)
        self.assertIn(self.porridge, cycle._get_day(1).dish_id)

    def test_days_beyond_the_cycle_come_back(self):
        long = self._new_cycle(approve=False, days=15)
        short = self._new_cycle(approve=False, days=10)
        wizard = self._wizard(long._make_file(), cycle_id=short.id)
        wizard.action_check()
        self.assertEqual(wizard.wrong_count, 15)
        wrong = wizard.line_ids.filtered(lambda line: line.status == "wrong")
        self.assertIn("no such day", wrong[0].message)
        self.assertEqual(set(wrong.mapped("day_number")), {11, 12, 13, 14, 15})

    def test_an_approved_cycle_is_not_read_into(self):
        cycle = self._new_cycle()
        wizard = self._wizard(cycle._make_file(), cycle_id=cycle.id)
        wizard.action_check()
        with self._refused(UserError, "is approved"):
            wizard.action_import()
        self.assertEqual(len(cycle.line_ids), 30)

    def test_files_that_are_no_menus_are_refused(self):
        cycles = self.env["meal.cycle"].search_count([])
        with self._refused(UserError, "not an Excel workbook"):
            self._wizard(b"text").action_check()
        with self._refused(UserError, "no row with the headers"):
            self._wizard(sheets.save(openpyxl.Workbook())).action_check()
        with self._refused(AccessError, "."):
            self._wizard(b"text", role="canteen")
        self.assertEqual(self.env["meal.cycle"].search_count([]), cycles)
