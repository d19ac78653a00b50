"""The cyclic menu as a published file, `tmYYYY-sm.xlsx`.

Reading is forgiving: good rows are dishes, every wrong row comes back with a code of
what is wrong, so that it can be corrected and read again.
"""

from datetime import date
from typing import NamedTuple

import openpyxl

from . import sheets
from .menu_files import MEAL_NAMES, SUFFIXES, Dish, kopecks, meal_code, rubles
from .sheets import SheetError, put

HEADERS = (
    "Неделя",
    "День недели",
    "Прием пищи",
    "Раздел меню",
    "Блюда",
    "Вес блюда, г",
    "Белки",
    "Жиры",
    "Углеводы",
    "Калорийность",
    "№ рецептуры",
    "Цена",
)
#: One more column in the file of rows that could not be read.
ERROR_HEADER = "Что исправить"
MEAL_TOTAL = "итого"
DAY_TOTAL = "Итого за день:"
TITLE = "Типовое примерное меню приготавливаемых блюд"
WEEKDAYS = (
    "понедельник",
    "вторник",
    "среда",
    "четверг",
    "пятница",
    "суббота",
    "воскресенье",
)
FIRST_ROW = 6
MAX_DAYS = 28
MAX_GRAMS = 100_000
MAX_KOPECKS = 10_000_000
LETTERS = "ABCDEFGHIJKL"


class CycleFile(NamedTuple):
    """`days` is {number of the day: dishes}; `age` as the file names it."""

    school: str
    position: str
    approver: str
    age: str
    date: date | None
    day_count: int
    days: dict


class WrongRow(NamedTuple):
    """`code`: no_day, unknown_meal, no_dish, bad_number or no_mass; `day`: of the
    cycle, 0 when the row does not tell it."""

    row: int
    code: str
    cells: tuple
    day: int = 0


def file_name(year, age_code):
    """Return the name of the file.

    >>> file_name(2026, "7_11"), file_name(2026, "camp")
    ('tm2026-sm.xlsx', 'tm2026.xlsx')
    """
    suffix = SUFFIXES.get(age_code)
    return f"tm{year}-{suffix}.xlsx" if suffix else f"tm{year}.xlsx"


def days_per_week(day_count):
    """Return in how many days a week the days of a cycle are told.

    >>> [days_per_week(count) for count in (10, 12, 14, 11)]
    [5, 6, 7, 5]
    """
    return next((week for week in (5, 6, 7) if day_count % week == 0), 5)


# === WRITING === #


def write(cycle):
    """Return the bytes of the file of a :class:`CycleFile`."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "1"
    _write_head(sheet, cycle)
    row, week_days = FIRST_ROW, days_per_week(cycle.day_count)
    for number in range(1, cycle.day_count + 1):
        week, weekday = divmod(number - 1, week_days)
        place = (week + 1, weekday + 1)
        row = _write_day(sheet, row, place, cycle.days.get(number, ()))
    for cells in sheet[f"A5:L{row - 1}"]:
        for cell in cells:
            cell.border = sheets.THIN
    return sheets.save(book)


def write_wrong(rows, sentences):
    """Return the bytes of a file of wrong rows, with what to correct in column M.

    :param rows: :class:`WrongRow` s
    :param sentences: {code: sentence}
    """
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "1"
    _write_head(sheet, CycleFile("", "", "", "", None, 0, {}))
    put(sheet, "M5", ERROR_HEADER, **sheets.HEAD)
    sheet.column_dimensions["M"].width = 60
    for row, wrong in enumerate(rows, FIRST_ROW):
        for letter, value in zip(LETTERS, wrong.cells, strict=True):
            put(sheet, f"{letter}{row}", value)
        put(sheet, f"M{row}", sentences[wrong.code])
    return sheets.save(book)


def _write_head(sheet, cycle):
    put(sheet, "A1", "Школа")
    put(sheet, "C1", cycle.school)
    sheet.merge_cells("C1:E1")
    put(sheet, "F1", "Утвердил:")
    put(sheet, "G1", "должность")
    put(sheet, "H1", cycle.position)
    sheet.merge_cells("H1:K1")
    put(sheet, "A2", TITLE)
    put(sheet, "G2", "фамилия")
    put(sheet, "H2", cycle.approver)
    sheet.merge_cells("H2:K2")
    put(sheet, "A3", "Возрастная категория")
    put(sheet, "E3", cycle.age)
    put(sheet, "G3", "дата")
    day = cycle.date
    for letter, caption, part in zip(
        "HIJ", ("день", "месяц", "год"), ("day", "month", "year"), strict=True
    ):
        put(sheet, f"{letter}3", day and getattr(day, part))
        put(sheet, f"{letter}4", caption)
    for letter, header in zip(LETTERS, HEADERS, strict=True):
        put(sheet, f"{letter}5", header, **sheets.HEAD)
    widths = (8, 9, 12, 14, 42, 9, 9, 9, 10, 12, 11, 9)
    for letter, width in zip(LETTERS, widths, strict=True):
        sheet.column_dimensions[letter].width = width


def _write_day(sheet, row, place, dishes):
    """Write a day from a row on; return the row after it."""
    for code, name in MEAL_NAMES.items():
        own = [dish for dish in dishes if dish.meal == code]
        if not own:
            continue
        for index, dish in enumerate(own):
            _write_place(sheet, row, place)
            put(sheet, f"C{row}", name if index == 0 else "")
            put(sheet, f"D{row}", dish.section)
            put(sheet, f"E{row}", dish.name)
            _write_numbers(sheet, row, dish)
            put(sheet, f"K{row}", dish.recipe, sheets.TEXT_FORMAT)
            row += 1
        _write_place(sheet, row, place)
        put(sheet, f"D{row}", MEAL_TOTAL)
        _write_numbers(sheet, row, _total(own))
        row += 1
    _write_place(sheet, row, place)
    put(sheet, f"C{row}", DAY_TOTAL, font=sheets.HEAD["font"])
    _write_numbers(sheet, row, _total(dishes))
    return row + 1


def _write_place(sheet, row, place):
    put(sheet, f"A{row}", place[0])
    put(sheet, f"B{row}", place[1])


def _write_numbers(sheet, row, dish):
    put(sheet, f"F{row}", dish.output)
    put(sheet, f"G{row}", dish.proteins, "0.0")
    put(sheet, f"H{row}", dish.fats, "0.0")
    put(sheet, f"I{row}", dish.carbohydrates, "0.0")
    put(sheet, f"J{row}", dish.energy, "0.0")
    put(sheet, f"L{row}", rubles(dish.price), "0.00")


def _total(dishes):
    def add(name):
        values = [getattr(dish, name) for dish in dishes]
        values = [value for value in values if value is not None]
        return round(sum(values), 2) if values else None

    names = ("output", "price", "energy", "proteins", "fats", "carbohydrates")
    return Dish("", "", "", "", *map(add, names))


# === READING === #


def read(data, day_count=None):
    """Return (:class:`CycleFile`, wrong rows) of a file.

    :param day_count: days of the cycle that is read into, for files of some days only
    :raise SheetError: it is no such file
    """
    sheet = sheets.load(data)
    header, columns = sheets.find_header(sheet, HEADERS)
    rows, wrong, days = _read_rows(sheet, header, columns), [], {}
    week = _week_length(rows, day_count)
    for row, place, meal, cells in rows:
        if not cells:  # the total of a day: it only tells that there is such a day
            continue
        number = 0
        try:
            number = _day_number(place, week)
            days.setdefault(number, []).append(_read_dish(meal, cells))
        except SheetError as error:
            given = (*place, meal, *cells[3:])
            wrong.append(WrongRow(row, error.code, given, number))
    count = max([*days, *_day_numbers(rows, week), day_count or 0])
    return _read_head(sheet, count, days), wrong


def _read_head(sheet, day_count, days):
    try:
        approved = date(*(int(sheet[f"{letter}3"].value) for letter in "JIH"))
    except (TypeError, ValueError, OverflowError):
        approved = None
    texts = [sheets.clean(sheet[place].value) for place in ("C1", "H1", "H2", "E3")]
    filled = {number: tuple(dishes) for number, dishes in days.items()}
    return CycleFile(*texts, approved, day_count, filled)


def _read_rows(sheet, header, columns):
    """Return [(row number, (week, weekday), meal text, cells)] of rows of a day."""
    rows, week, weekday, meal = [], None, None, ""
    for number, row in enumerate(
        sheet.iter_rows(min_row=header + 1, values_only=True), header + 1
    ):
        cells = tuple(row[columns[name] - 1] for name in HEADERS)
        texts = [sheets.clean(cell) for cell in cells[:5]]
        week = texts[0] or week
        weekday = texts[1] or weekday
        if any(sheets.same_text(text).startswith("среднее") for text in texts[:3]):
            break  # averages of the whole cycle end some files
        if sheets.same_text(texts[2]).startswith("итого"):
            meal = ""
            rows.append((number, (week, weekday), None, ()))
        elif sheets.same_text(texts[3]).startswith("итого"):
            meal = texts[2] or meal
        elif any(sheets.clean(cell) for cell in cells[3:]) or texts[2]:
            meal = texts[2] or meal
            if texts[4] or _has_numbers(cells):
                rows.append((number, (week, weekday), meal, cells))
    return [row for row in rows if row[3] or row[1][0]]


def _has_numbers(cells):
    return any(isinstance(cell, int | float) and cell for cell in cells[5:10])


def _place_numbers(place):
    try:
        week = int(float(place[0]))
        text = sheets.same_text(place[1])
        if text in WEEKDAYS:
            return week, WEEKDAYS.index(text) + 1
        return week, int(float(place[1]))
    except (TypeError, ValueError, OverflowError):
        return None


def _week_length(rows, day_count):
    places = [_place_numbers(row[1]) for row in rows]
    longest = max([place[1] for place in places if place], default=0)
    return max(longest, days_per_week(day_count) if day_count else 0)


def _day_number(place, week):
    numbers = _place_numbers(place)
    if not numbers or min(numbers) < 1:
        raise SheetError("no_day")
    # Beyond a week the column counts the days of the cycle, not of the week.
    number = numbers[1] if week > 7 else (numbers[0] - 1) * week + numbers[1]
    if number > MAX_DAYS:
        raise SheetError("no_day")
    return number


def _day_numbers(rows, week):
    for row in rows:
        try:
            yield _day_number(row[1], week)
        except SheetError:
            continue


def _read_dish(meal, cells):
    code = meal_code(meal)
    if code is None:
        raise SheetError("unknown_meal")
    if not sheets.clean(cells[4]):
        raise SheetError("no_dish")
    try:
        mass, *nutrients = (sheets.to_number(cell) for cell in cells[5:10])
        price = kopecks(cells[11])
    except ValueError as error:
        raise SheetError("bad_number") from error
    if not mass or not 0 < mass <= MAX_GRAMS:
        raise SheetError("no_mass")
    if any(n is not None and not 0 <= n <= MAX_GRAMS for n in nutrients):
        raise SheetError("bad_number")
    if price is not None and not 0 <= price <= MAX_KOPECKS:
        raise SheetError("bad_number")
    proteins, fats, carbohydrates, energy = nutrients
    return Dish(
        code, sheets.clean(cells[3]), sheets.clean(cells[10]), sheets.clean(cells[4]),
        mass, price, energy, proteins, fats, carbohydrates,
    )  # fmt: skip
