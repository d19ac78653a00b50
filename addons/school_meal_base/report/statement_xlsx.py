"""The statement of an account as a workbook, for those who go on calculating."""

import io

import xlsxwriter

from ..domain.receipt_text import dish_text

COLUMNS = (("Дата", 12), ("Наименование", 60), ("Списано", 12), ("Зачислено", 12))


def render(statement, owner):
    """Return the bytes of the XLSX; arguments as of :func:`.statement_pdf.render`."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Отчёт")
        _Writer(book, sheet).write(statement, owner)
    return buffer.getvalue()


class _Writer:
    """Writes one sheet; keeps the formats and the current row."""

    def __init__(self, book, sheet):
        money = "#,##0.00"
        self.sheet = sheet
        self.row = 0
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format({"bold": True, "bg_color": "#E5E7EB", "border": 1})
        self.day = book.add_format({"num_format": "dd.mm.yyyy", "align": "left"})
        self.money = book.add_format({"num_format": money})
        self.total = book.add_format({"num_format": money, "bold": True})
        self.dish = book.add_format({"indent": 2, "font_color": "#6B7280"})
        self.dish_money = book.add_format(
            {"num_format": money, "font_color": "#6B7280"}
        )

    def write(self, statement, owner):
        for column, (__, width) in enumerate(COLUMNS):
            self.sheet.set_column(column, column, width)
        self._write_owner(statement, owner)
        self._write_balance("Остаток на начало", statement["opening"])
        self.sheet.write_row(self.row, 0, [name for name, __ in COLUMNS], self.head)
        self.sheet.freeze_panes(self.row + 1, 0)
        self.row += 1
        for line in statement["lines"]:
            self._write_line(line)
        self.sheet.write(self.row, 1, "Итого", self.bold)
        self.sheet.write_number(self.row, 2, statement["debit"] / 100, self.total)
        self.sheet.write_number(self.row, 3, statement["credit"] / 100, self.total)
        self.row += 1
        self._write_balance("Остаток на конец", statement["closing"])

    def _write_owner(self, statement, owner):
        start, end = statement["date_from"], statement["date_to"]
        for text in (
            f"Отчёт по лицевому счёту {owner['number']}",
            f"за период с {start:%d.%m.%Y} по {end:%d.%m.%Y}",
            f"{owner['student']}, {owner['class']}, {owner['school']}",
        ):
            self.sheet.write_string(self.row, 0, text, self.bold)
            self.row += 1

    def _write_balance(self, label, kopecks):
        self.sheet.write(self.row, 1, label, self.bold)
        self.sheet.write_number(self.row, 3, kopecks / 100, self.total)
        self.row += 1

    def _write_line(self, line):
        receipt = line["receipt"]
        title = line["title"]
        column = 2 if line["debit"] else 3
        self.sheet.write_datetime(self.row, 0, line["date"], self.day)
        # write_string: a name that begins with "=" must not become a formula
        self.sheet.write_string(self.row, 1, title)
        amount = (line["debit"] or line["credit"]) / 100
        self.sheet.write_number(self.row, column, amount, self.money)
        self.row += 1
        for item in receipt["lines"] if receipt else ():
            self.sheet.write_string(self.row, 1, dish_text(item), self.dish)
            self.sheet.write_number(
                self.row, column, item["amount"] / 100, self.dish_money
            )
            self.row += 1
