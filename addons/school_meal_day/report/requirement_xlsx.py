"""The menu requirement as a workbook: products to be issued and how they add up."""

import io

import xlsxwriter

from .requirement_pdf import columns_of, products_of

MONEY = "#,##0.00"
WEIGHT = "#,##0.000"
DETAILS = (
    ("Приём пищи", "meal", 16),
    ("Возраст", "age", 22),
    ("Блюдо", "dish", 40),
    ("Продукт", "product", 32),
    ("Порций", "portions", 9),
    ("Брутто на порцию, г", "gross_g", 14),
    ("Брутто, кг", "kg", 11),
    ("Цена за кг", "price", 11),
    ("Сумма", "cost", 12),
)


def build_workbook(form):
    """Return the bytes of the XLSX of `meal.requirement._get_form()`."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False}
    book = xlsxwriter.Workbook(stream, options)
    formats = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({"bold": True, "text_wrap": True, "border": 1}),
        "text": book.add_format({"border": 1}),
        "money": book.add_format({"num_format": MONEY, "border": 1}),
        "weight": book.add_format({"num_format": WEIGHT, "border": 1}),
        "total": book.add_format({"num_format": MONEY, "border": 1, "bold": True}),
        "date": book.add_format({"num_format": "dd.mm.yyyy", "align": "left"}),
    }
    _write_products(book.add_worksheet("Меню-требование"), form, formats)
    _write_details(book.add_worksheet("Расчёт"), form, formats)
    book.close()
    return stream.getvalue()


def _write_products(sheet, form, formats):
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    title = f"Меню-требование № {form['number']} (ОКУД 0504202)"
    sheet.write_string(0, 0, title, formats["title"])
    sheet.write_string(1, 0, form["school"])
    sheet.write_datetime(2, 0, form["date"], formats["date"])
    columns = columns_of(form["lines"])
    heads = ["Продукты питания", "Код", "Ед."]
    heads += [f"{meal}, {age}" for meal, age in columns]
    heads += ["Всего, кг", "Цена, руб.", "Сумма, руб."]
    for column, text in enumerate(heads):
        sheet.write_string(4, column, text, formats["head"])
    row = 5
    for product in products_of(form["lines"]):
        for column, text in enumerate((product["product"], product["code"], "кг")):
            sheet.write_string(row, column, text, formats["text"])
        weights = [product["by"].get(column) for column in columns]
        for column, weight in enumerate((*weights, product["total"]), 3):
            if weight:
                sheet.write_number(row, column, weight, formats["weight"])
            else:
                sheet.write_blank(row, column, None, formats["weight"])
        last = 4 + len(columns)
        sheet.write_number(row, last, product["price"] / 100, formats["money"])
        sheet.write_number(row, last + 1, product["sum"] / 100, formats["money"])
        row += 1
    total = sum(line["cost"] for line in form["lines"]) / 100
    sheet.write_string(row, 0, "Итого", formats["head"])
    sheet.write_number(row, 5 + len(columns), total, formats["total"])
    sheet.set_column(0, 0, 36)
    sheet.set_column(3, 5 + len(columns), 13)
    sheet.freeze_panes(5, 1)


def _write_details(sheet, form, formats):
    for column, (title, _name, width) in enumerate(DETAILS):
        sheet.write_string(0, column, title, formats["head"])
        sheet.set_column(column, column, width)
    for row, line in enumerate(form["lines"], 1):
        for column, (_title, name, _width) in enumerate(DETAILS):
            value = line[name]
            if name in ("price", "cost"):
                sheet.write_number(row, column, value / 100, formats["money"])
            elif name in ("kg", "gross_g"):
                sheet.write_number(row, column, value, formats["weight"])
            elif name == "portions":
                sheet.write_number(row, column, value, formats["text"])
            else:
                sheet.write_string(row, column, value, formats["text"])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(form["lines"]), 1), len(DETAILS) - 1)
