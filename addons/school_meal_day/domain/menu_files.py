"""The day's menu and the calendar as published for «Мониторинг питания».

`YYYY-MM-DD-sm.xlsx` is read and written as a :class:`Daily`, `kpYYYY.xlsx` as a
:class:`Calendar`; see `cycle_file` for the cyclic menu. Words in the files are Russian
in every language of the program; robots look for them to the letter.
"""

from calendar import monthrange
from datetime import date
from typing import NamedTuple

import openpyxl

from . import sheets
from .sheets import SheetError, put

#: What files call a meal, by its code.
MEAL_NAMES = {
    "breakfast": "Завтрак",
    "breakfast2": "Завтрак 2",
    "lunch": "Обед",
    "snack": "Полдник",
    "dinner": "Ужин",
    "dinner2": "Ужин 2",
}
#: Meals whose block is in the file even when nothing is served.
KEPT_MEALS = ("breakfast", "breakfast2", "lunch")
#: Name of the file of an age group.
SUFFIXES = {"7_11": "sm", "12": "ss"}
#: What the file calls an age group.
AGE_NAMES = {"7_11": "7-11 лет", "12": "12 лет и старше"}
DAILY_HEADERS = (
    "Прием пищи",
    "Раздел",
    "№ рец.",
    "Блюдо",
    "Выход, г",
    "Цена",
    "Калорийность",
    "Белки",
    "Жиры",
    "Углеводы",
)
#: Months of a calendar year in which schools teach, in the order of the rows.
KP_MONTHS = {
    1: "январь",
    2: "февраль",
    3: "март",
    4: "апрель",
    5: "май",
    6: "июнь",
    9: "сентябрь",
    10: "октябрь",
    11: "ноябрь",
    12: "декабрь",
}
KP_FIRST_ROW = 4


class Dish(NamedTuple):
    """A dish in a file; `meal` is a code, `price` kopecks, None is an empty cell."""

    meal: str
    section: str
    recipe: str
    name: str
    output: float | None = None
    price: int | None = None
    energy: float | None = None
    proteins: float | None = None
    fats: float | None = None
    carbohydrates: float | None = None


class Daily(NamedTuple):
    school: str
    building: str
    date: date
    dishes: tuple


class Calendar(NamedTuple):
    """`days` is {date: number of the day of the cycle}."""

    school: str
    year: int
    days: dict


def meal_code(name):
    """Return the code of a meal as files name it, None when it is unknown.

    >>> meal_code("Завтрак 2"), meal_code("обед "), meal_code("Полночь")
    ('breakfast2', 'lunch', None)
    """
    wanted = sheets.same_text(name)
    for code, text in MEAL_NAMES.items():
        if sheets.same_text(text) == wanted:
            return code
    return None


def kopecks(value):
    number = sheets.to_number(value)
    return None if number is None else round(number * 100)


def rubles(amount):
    return None if amount is None else amount / 100


# === THE DAY'S MENU === #


def daily_name(day, age_code):
    """Return the name of the file of a day.

    >>> daily_name(date(2026, 9, 1), "7_11"), daily_name(date(2026, 9, 1), "camp")
    ('2026-09-01-sm.xlsx', '2026-09-01.xlsx')
    """
    suffix = SUFFIXES.get(age_code)
    return f"{day}-{suffix}.xlsx" if suffix else f"{day}.xlsx"


def write_daily(menu):
    """Return the bytes of the file of a :class:`Daily`."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "1"
    put(sheet, "A1", "Школа")
    put(sheet, "B1", menu.school)
    sheet.merge_cells("B1:D1")
    put(sheet, "E1", "Отд./корп")
    put(sheet, "F1", menu.building, sheets.TEXT_FORMAT)
    put(sheet, "I1", "День")
    put(sheet, "J1", menu.date, sheets.DATE_FORMAT)
    for letter, header in zip("ABCDEFGHIJ", DAILY_HEADERS, strict=True):
        put(sheet, f"{letter}3", header, border=sheets.THIN, **sheets.HEAD)
    _write_dishes(sheet, menu.dishes)
    for letter, width in zip("ABCDEFGHIJ", (12, 13, 9, 42, *[11] * 6), strict=True):
        sheet.column_dimensions[letter].width = width
    return sheets.save(book)


def _write_dishes(sheet, dishes):
    row = 4
    for code, name in MEAL_NAMES.items():
        own = [dish for dish in dishes if dish.meal == code]
        if not own and code not in KEPT_MEALS:
            continue
        put(sheet, f"A{row}", name)
        for dish in own:
            values = (
                (dish.section, None),
                (dish.recipe, sheets.TEXT_FORMAT),
                (dish.name, None),
                (dish.output, None),
                (rubles(dish.price), "0.00"),
                (dish.energy, "0.0"),
                (dish.proteins, "0.0"),
                (dish.fats, "0.0"),
                (dish.carbohydrates, "0.0"),
            )
            for letter, (value, number_format) in zip("BCDEFGHIJ", values, strict=True):
                put(sheet, f"{letter}{row}", value, number_format)
            row += 1
        row += not own
    for cells in sheet[f"A4:J{row - 1}"]:
        for cell in cells:
            cell.border = sheets.THIN


def read_daily(data):
    """Return the :class:`Daily` of a file; rows without a dish (sums) are left out.

    :raise SheetError: it is no such file; code "no_header", "no_date", "unknown_meal",
        "bad_number" or one of :func:`sheets.load`
    """
    sheet = sheets.load(data)
    header, columns = sheets.find_header(sheet, DAILY_HEADERS)
    day = sheets.to_date(sheet["J1"].value)
    if day is None:
        raise SheetError("no_date")
    dishes, meal = [], None
    for row in sheet.iter_rows(min_row=header + 1, values_only=True):
        cells = {name: row[column - 1] for name, column in columns.items()}
        if sheets.clean(cells["Прием пищи"]):
            meal = meal_code(cells["Прием пищи"])
        if sheets.clean(cells["Блюдо"]):
            dishes.append(_read_dish(cells, meal))
    return Daily(
        sheets.clean(sheet["B1"].value), sheets.clean(sheet["F1"].value), day,
        tuple(dishes),
    )  # fmt: skip


def _read_dish(cells, meal):
    if meal is None:
        raise SheetError("unknown_meal")
    try:
        return Dish(
            meal,
            sheets.clean(cells["Раздел"]),
            sheets.clean(cells["№ рец."]),
            sheets.clean(cells["Блюдо"]),
            sheets.to_number(cells["Выход, г"]),
            kopecks(cells["Цена"]),
            *(sheets.to_number(cells[name]) for name in DAILY_HEADERS[6:]),
        )
    except ValueError as error:
        raise SheetError("bad_number") from error


# === THE CALENDAR === #


def calendar_name(year):
    return f"kp{year}.xlsx"


def write_calendar(calendar):
    """Return the bytes of the file of a :class:`Calendar`."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "1"
    put(sheet, "A1", "Школа")
    put(sheet, "B1", calendar.school)
    sheet.merge_cells("B1:T1")
    put(sheet, "AC1", "Год")
    put(sheet, "AD1", calendar.year)
    sheet.merge_cells("AD1:AF1")
    put(sheet, "A3", "Месяц", border=sheets.THIN, **sheets.HEAD)
    sheet.column_dimensions["A"].width = 12
    for number in range(1, 32):
        cell = sheet.cell(3, number + 1, number)
        cell.border, cell.font = sheets.THIN, sheets.HEAD["font"]
        sheet.column_dimensions[cell.column_letter].width = 4
    for row, (month, name) in enumerate(KP_MONTHS.items(), KP_FIRST_ROW):
        put(sheet, f"A{row}", name, border=sheets.THIN)
        for number in range(1, 32):
            cell = sheet.cell(row, number + 1)
            cell.border = sheets.THIN
            if number <= monthrange(calendar.year, month)[1]:
                cell.value = calendar.days.get(date(calendar.year, month, number))
    return sheets.save(book)


def read_calendar(data):
    """Return the :class:`Calendar` of a file.

    :raise SheetError: code "no_year", "bad_number" or one of :func:`sheets.load`
    """
    sheet = sheets.load(data)
    year = sheet["AD1"].value
    if not isinstance(year, int) or not 2000 <= year <= 2100:
        raise SheetError("no_year")
    months = {sheets.same_text(name): month for month, name in KP_MONTHS.items()}
    days = {}
    for row in sheet.iter_rows(min_row=KP_FIRST_ROW, max_col=32, values_only=True):
        month = months.get(sheets.same_text(row[0]))
        if not month:
            continue
        for number in range(1, monthrange(year, month)[1] + 1):
            try:
                value = sheets.to_number(row[number])
            except ValueError as error:
                raise SheetError("bad_number") from error
            if value:
                days[date(year, month, number)] = int(value)
    return Calendar(sheets.clean(sheet["B1"].value), year, days)
