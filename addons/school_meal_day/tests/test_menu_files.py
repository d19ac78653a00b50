import io
from datetime import date, timedelta

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401
from odoo.addons.school_meal_day.domain import cycle_file, menu_files, sheets
from odoo.addons.school_meal_day.domain.menu_files import Calendar, Daily, Dish

TEXTS = st.text(max_size=40).map(sheets.clean)
NAMES = TEXTS.filter(bool)
NUMBERS = st.one_of(st.none(), st.integers(0, 90_000).map(lambda number: number / 100))
DISHES = st.builds(
    Dish,
    st.sampled_from([*menu_files.MEAL_NAMES]),
    TEXTS,
    TEXTS,
    NAMES,
    NUMBERS,
    st.one_of(st.none(), st.integers(0, 1_000_000)),
    NUMBERS,
    NUMBERS,
    NUMBERS,
    NUMBERS,
)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def in_order(dishes):
    meals = list(menu_files.MEAL_NAMES)
    return tuple(sorted(dishes, key=lambda dish: meals.index(dish.meal)))


def open_sheet(data):
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


@tagged("post_install", "-at_install")
class TestFiles(BaseCase):
    @given(TEXTS, TEXTS, DAYS, st.lists(DISHES, max_size=12))
    def test_a_daily_file_is_read_as_it_was_written(self, school, part, day, dishes):
        menu = Daily(school, part, day, in_order(dishes))
        self.assertEqual(menu_files.read_daily(menu_files.write_daily(menu)), menu)

    @given(
        st.dictionaries(
            st.integers(1, 10),
            st.lists(DISHES.map(lambda dish: dish._replace(output=100.5)), max_size=4),
        ),
        st.integers(10, 14),
        TEXTS,
    )
    def test_a_cycle_is_read_as_it_was_written(self, days, count, school):
        full = {}
        for number, dishes in days.items():
            # sections that read like sums are sums, in every program
            own = [
                dish
                for dish in dishes
                if not sheets.same_text(dish.section).startswith("итого")
            ]
            if own:
                full[number] = in_order(own)
        cycle = cycle_file.CycleFile(
            school,
            "Директор",
            "Иванова И. И.",
            "7-11 лет",
            date(2026, 9, 1),
            count,
            full,
        )
        read, wrong = cycle_file.read(cycle_file.write(cycle))
        self.assertEqual(wrong, [])
        self.assertEqual(read, cycle)

    @given(
        TEXTS,
        st.integers(2020, 2035),
        st.dictionaries(st.integers(0, 364), st.integers(1, 14)),
    )
    def test_a_calendar_is_read_as_it_was_written(self, school, year, numbers):
        days = {
            date(year, 1, 1) + timedelta(days=offset): number
            for offset, number in numbers.items()
        }
        days = {day: n for day, n in days.items() if day.month not in (7, 8)}
        calendar = Calendar(school, year, days)
        data = menu_files.write_calendar(calendar)
        self.assertEqual(menu_files.read_calendar(data), calendar)

    def test_cells_of_a_daily_file_are_where_robots_look_for_them(self):
        porridge = Dish(
            "breakfast", "гор.блюдо", "54-9к", "Каша", 200, 4567, 250.5, 5, 6, 30
        )
        soup = Dish("lunch", "1 блюдо", "=1+1", "=cmd", 250, 50, 100, 1, 2, 3)
        data = menu_files.write_daily(
            Daily("Школа № 5", "1", date(2026, 9, 7), (porridge, soup))
        )
        sheet = open_sheet(data)
        self.assertEqual(sheet.title, "1")
        self.assertEqual(
            [sheet[cell].value for cell in ("A1", "B1", "E1", "F1", "I1")],
            ["Школа", "Школа № 5", "Отд./корп", "1", "День"],
        )
        self.assertIn("B1:D1", {str(cells) for cells in sheet.merged_cells.ranges})
        self.assertEqual(sheet["F1"].number_format, "@")
        self.assertTrue(sheet["J1"].is_date)
        self.assertEqual(sheet["J1"].value.date(), date(2026, 9, 7))
        self.assertEqual(
            [cell.value for cell in sheet[3]], list(menu_files.DAILY_HEADERS)
        )
        self.assertFalse([cell.value for cell in sheet[2] if cell.value is not None])
        self.assertEqual(
            [cell.value for cell in sheet[4]],
            ["Завтрак", "гор.блюдо", "54-9к", "Каша", 200, 45.67, 250.5, 5, 6, 30],
        )
        self.assertEqual(sheet["A5"].value, "Завтрак 2")
        self.assertEqual((sheet["A6"].value, sheet["F6"].value), ("Обед", 0.5))
        self.assertEqual((sheet["D6"].data_type, sheet["D6"].value), ("s", "=cmd"))

    def test_cells_of_a_cycle_are_where_robots_look_for_them(self):
        dish = Dish("lunch", "1 блюдо", "12", "Суп", 250, 1234, 90, 2, 3, 4)
        sheet = open_sheet(
            cycle_file.write(
                cycle_file.CycleFile(
                    "Школа", "директор", "Иванов", "7-11 лет", date(2026, 9, 1), 10,
                    {1: (dish, dish), 6: (dish,)},
                )
            )
        )  # fmt: skip
        places = {
            "A1": "Школа", "C1": "Школа", "F1": "Утвердил:", "G1": "должность",
            "H1": "директор", "A2": "Типовое примерное меню приготавливаемых блюд",
            "G2": "фамилия", "H2": "Иванов", "A3": "Возрастная категория",
            "E3": "7-11 лет", "G3": "дата", "H3": 1, "I3": 9, "J3": 2026, "H4": "день",
            "I4": "месяц", "J4": "год", "A6": 1, "B6": 1, "C6": "Обед", "D6": "1 блюдо",
            "E6": "Суп", "F6": 250, "G6": 2, "H6": 3, "I6": 4, "J6": 90, "K6": "12",
            "L6": 12.34, "D8": "итого", "F8": 500, "L8": 24.68, "C9": "Итого за день:",
            "J9": 180, "A14": 2, "B14": 1,
        }  # fmt: skip
        self.assertEqual({place: sheet[place].value for place in places}, places)
        self.assertEqual([cell.value for cell in sheet[5]], list(cycle_file.HEADERS))
        merged = {str(cells) for cells in sheet.merged_cells.ranges}
        self.assertLessEqual({"C1:E1", "H1:K1", "H2:K2"}, merged)

    def test_cells_of_a_calendar_are_where_robots_look_for_them(self):
        days = {date(2026, 1, 12): 5, date(2026, 12, 31): 7}
        sheet = open_sheet(menu_files.write_calendar(Calendar("Школа", 2026, days)))
        self.assertEqual((sheet["B1"].value, sheet["AD1"].value), ("Школа", 2026))
        self.assertEqual((sheet["M4"].value, sheet["AF13"].value), (5, 7))
        self.assertEqual((sheet["A4"].value, sheet["A13"].value), ("январь", "декабрь"))

    def test_a_cycle_as_people_fill_it_in(self):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(["Школа", None, "Школа № 1"])
        sheet.append([])
        sheet.append(list(cycle_file.HEADERS))
        rows = [
            (
                *(1, "Понедельник", "Завтрак", "гор.блюдо", " Каша ", "200"),
                *("5,5", 1, 1, 9, 54.0, "12,50"),
            ),
            (None, None, None, "напиток", "Чай", 200),
            (None, None, None, "итого", None, 400),
            (None, None, "Полночь", "", "Сыр", 20),
            (None, None, "Обед", "", "Суп", "250/5"),
            (None, None, None, "", "Хлеб", 0),
            (None, None, None, "", None, 50),
            (None, None, "Итого за день:"),
            ("вторая", 1, "Обед", "", "Суп", 250),
            (2, 1, "Обед", "", "Суп", 250),
            ("Среднее значение", None, None, None, None, 900),
        ]  # fmt: skip  # noqa: E501
        for row in rows:
            sheet.append(row)
        read, wrong = cycle_file.read(sheets.save(book), 10)
        self.assertEqual(
            [row.code for row in wrong],
            ["unknown_meal", "bad_number", "no_mass", "no_dish", "no_day"],
        )
        self.assertEqual([row.day for row in wrong], [1, 1, 1, 1, 0])
        self.assertEqual(sorted(read.days), [1, 6])
        porridge, tea = read.days[1]
        self.assertEqual(
            (porridge.name, porridge.recipe, porridge.price, porridge.proteins),
            ("Каша", "54", 1250, 5.5),
        )
        self.assertEqual((tea.meal, tea.energy), ("breakfast", None))

    def test_anything_else_is_refused(self):
        empty = sheets.save(openpyxl.Workbook())
        for data, code in (
            (b"", "not_xlsx"),
            (b"PK\3\4", "not_xlsx"),
            (empty, "no_header"),
        ):
            for read in (menu_files.read_daily, cycle_file.read):
                with (
                    self.subTest(code=code),
                    self.assertRaises(sheets.SheetError) as got,
                ):
                    read(data)
                self.assertEqual(got.exception.code, code)
        with self.assertRaises(sheets.SheetError):
            menu_files.read_calendar(empty)

    @given(st.binary(max_size=200))
    def test_rubbish_is_refused_and_breaks_nothing(self, data):
        with self.assertRaises(sheets.SheetError):
            cycle_file.read(data)
