"""Workbooks of compensation: a month with its days, a payment list."""

import io

import xlsxwriter

from .compensation_pdf import REASONS, WEEK_DAYS

MONEY = "#,##0.00"


def render_month(content):
    """Return the bytes of a workbook of a month: a sheet of children, one of days.

    :param dict content: as `compensation.month._get_content` gives it
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        lines = _Sheet(book, "Дети", content["title"])
        lines.head(
            ("Обучающийся", 34), ("Класс", 8), ("Месяц обучения", 12), ("Вид", 12),
            ("Дней", 7), ("Начислено", 12), ("Утверждено ранее", 12),
            ("К выплате", 12), ("Получатель", 34), ("Счёт", 24), ("БИК", 11),
            ("Состояние", 16), ("Что сделать", 40),
        )  # fmt: skip
        for line in content["lines"]:
            lines.row(
                line["student"], line["class"], f"{line['period']:%m.%Y}",
                "перерасчёт" if line["is_correction"] else "расчёт", line["days"],
                _Money(line["total"]), _Money(line["previous"]),
                _Money(line["amount"]), line["payee"], line["account"], line["bic"],
                line["state"], line["problem"],
            )  # fmt: skip
        lines.total(
            {
                0: "Итого",
                4: sum(line["days"] for line in content["lines"]),
                **{
                    at: _Money(sum(line[name] for line in content["lines"]))
                    for at, name in ((5, "total"), (6, "previous"), (7, "amount"))
                },
            }
        )
        days = _Sheet(book, "Дни", content["title"])
        days.head(
            ("Обучающийся", 34), ("Дата", 12), ("День", 6), ("Учтён", 8),
            ("Причина", 52), ("Руб.", 10),
        )  # fmt: skip
        for day in content["days"]:
            days.row(
                day["student"], f"{day['date']:%d.%m.%Y}",
                WEEK_DAYS[day["date"].weekday()], "да" if day["is_counted"] else "",
                REASONS[day["reason"]], _Money(day["kopecks"]),
            )  # fmt: skip
    return buffer.getvalue()


def render_list(content):
    """Return the bytes of a workbook of a payment list."""
    buffer = io.BytesIO()
    title = f"Ведомость на выплату № {content['number']} от {content['date']:%d.%m.%Y}"
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = _Sheet(book, "Ведомость", title)
        sheet.head(
            ("№ поручения", 10), ("Обучающийся", 34), ("Организация", 18),
            ("Получатель", 34), ("Счёт", 24), ("БИК", 11), ("За месяцы", 18),
            ("Дней", 7), ("Сумма, руб.", 12), ("Состояние", 18),
        )  # fmt: skip
        for row in content["rows"]:
            sheet.row(
                row["number"], row["student"], row["school"], row["payee"],
                row["account"], row["bic"], row["months"], row["days"],
                _Money(row["kopecks"]), row["state"],
            )  # fmt: skip
        total = sum(row["kopecks"] for row in content["rows"])
        sheet.total({0: "Итого", 8: _Money(total)})
    return buffer.getvalue()


class _Money(int):
    """Kopecks to be written as roubles."""


class _Sheet:
    """Writes rows below each other."""

    def __init__(self, book, name, title):
        self.sheet = book.add_worksheet(name)
        self.text = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        self.money = book.add_format({"border": 1, "num_format": MONEY})
        self.bold = book.add_format({"border": 1, "bold": True})
        self.bold_money = book.add_format(
            {"border": 1, "bold": True, "num_format": MONEY}
        )
        self.heading = book.add_format(
            {"border": 1, "bold": True, "text_wrap": True, "bg_color": "#E5E7EB"}
        )
        self.sheet.write_string(
            0, 0, title, book.add_format({"bold": True, "font_size": 12})
        )
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.at, self.columns = 2, 0

    def head(self, *columns):
        for index, (name, width) in enumerate(columns):
            self.sheet.set_column(index, index, width)
            self.sheet.write_string(self.at, index, name, self.heading)
        self.sheet.freeze_panes(self.at + 1, 1)
        self.sheet.repeat_rows(self.at)
        self.columns = len(columns)
        self.at += 1

    def row(self, *cells):
        self._write(cells, self.text, self.money)

    def total(self, cells):
        row = [cells.get(index, "") for index in range(self.columns)]
        self._write(row, self.bold, self.bold_money)

    def _write(self, cells, text, money):
        for index, value in enumerate(cells):
            if isinstance(value, _Money):
                self.sheet.write_number(self.at, index, value / 100, money)
            elif isinstance(value, int) and not isinstance(value, bool):
                self.sheet.write_number(self.at, index, value, text)
            else:
                # write_string: a name that begins with "=" must not become a formula
                self.sheet.write_string(self.at, index, value or "", text)
        self.at += 1
