import io
import zipfile
from datetime import date, timedelta

from odoo.tests import tagged

from odoo.addons.school_meal_day.domain import menu_files

from .common import MONDAY
from .menu_common import MenuCase


@tagged("post_install", "-at_install")
class TestPublication(MenuCase):
    def _names(self, schools, date_from=MONDAY, date_to=MONDAY):
        data = self.env["meal.menu.files"]._make_archive(schools, date_from, date_to)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def test_only_what_is_approved_is_published(self):
        self._new_cycle()
        self._new_cycle(age_group_id=self.older.id)
        menus = self.env["meal.menu"]._generate(self.school, MONDAY, MONDAY)
        menus.filtered(lambda menu: menu.age_group_id == self.young).action_approve()
        self.assertEqual(
            set(self._names(self.school)),
            {
                "food/2026-11-16-sm.xlsx",
                "food/tm2026-sm.xlsx",
                "food/tm2026-ss.xlsx",
                "food/kp2026.xlsx",
            },
        )

    def test_the_calendar_tells_the_days_of_the_menus(self):
        self._new_cycle()
        menus = self.env["meal.menu"]._generate(
            self.school, MONDAY, MONDAY + timedelta(days=20)
        )
        files = self._names(self.school)
        calendar = menu_files.read_calendar(files["food/kp2026.xlsx"])
        for menu in menus:
            self.assertEqual(calendar.days[menu.date], menu.cycle_day)
        self.assertNotIn(date(2026, 8, 31), calendar.days)
        self.assertNotIn(date(2026, 11, 4), calendar.days)

    def test_the_daily_file_says_what_is_served(self):
        self._new_cycle()
        menu = self.env["meal.menu"]._generate(self.school, MONDAY, MONDAY)
        menu.line_ids[0].write({"dish_id": self.tea.id, "replacement_reason": "x"})
        menu.action_approve()
        read = menu_files.read_daily(
            self._names(self.school)["food/2026-11-16-sm.xlsx"]
        )
        self.assertEqual((read.school, read.date), (self.school.name, MONDAY))
        self.assertEqual(
            [(dish.name, dish.price, dish.output) for dish in read.dishes],
            [("Tea", 4567, 200), ("Bread", 510, 30), ("Tea", None, 200)],
        )

    def test_many_schools_have_a_folder_each(self):
        self._new_cycle()
        names = self._names(self.school + self.second_school)
        self.assertIn("024/food/kp2026.xlsx", names)
        self.assertIn("025/food/kp2026.xlsx", names)

    def test_the_head_downloads_the_files_of_the_own_school(self):
        self._make_roles()
        self._new_cycle()
        wizard = self._as("head", self.env["meal.menu.publish"]).create(
            {"date_from": MONDAY, "date_to": MONDAY}
        )
        self.assertEqual(wizard.school_ids.ids, self.school.ids)
        wizard.action_download()
        self.assertTrue(wizard.file)
