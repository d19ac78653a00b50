"""The registration journal (item 11) of a school and period: PDF and workbook."""

import io
from typing import NamedTuple

import xlsxwriter
from reportlab.lib.units import mm

from odoo.addons.school_meal_base.report.pdf import build_document, paragraph, table

from .letterhead import signatures

TITLE = (
    "Журнал регистрации заявлений о предоставлении бесплатного питания, денежной"
    " компенсации, обеспечении молоком"
)
#: (heading, width on paper in mm, width in the workbook in characters)
COLUMNS = (
    ("№ п/п", 9, 6),
    ("Рег. №", 12, 8),
    ("Дата и время регистрации", 24, 18),
    ("Дата подачи", 20, 12),
    ("Заявитель", 38, 34),
    ("Обучающийся", 38, 34),
    ("Класс", 12, 8),
    ("Категория (пункт)", 36, 44),
    ("Документы", 27, 40),
    ("Решение, приказ (дата, №)", 27, 28),
    ("Уведомление", 24, 22),
)


class Journal(NamedTuple):
    """``rows`` are tuples of texts, one for each of COLUMNS after the first."""

    school: tuple
    period: str
    rows: list


def draw_journal(journal):
    """Return the bytes of the journal as PDF."""
    head = [name for name, __, __ in COLUMNS]
    body = [[str(place), *row] for place, row in enumerate(journal.rows, 1)]
    story = [
        paragraph(journal.school.name, "subtitle"),
        paragraph(TITLE, "title"),
        paragraph(journal.period, "subtitle"),
        table(
            [head, *body],
            [width * mm for __, width, __ in COLUMNS],
            aligns="rcccllclll",
        ),
        paragraph(f"Всего заявлений: {len(body)}"),
        signatures(("Ответственное лицо", journal.school.clerk)),
    ]
    return build_document(story, title=TITLE, footer=TITLE, landscape=True)


def write_journal(journal):
    """Return the bytes of the journal as XLSX."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Журнал")
        bold = book.add_format({"bold": True})
        head = book.add_format(
            {"bold": True, "bg_color": "#E5E7EB", "border": 1, "text_wrap": True}
        )
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        sheet.write_string(0, 0, journal.school.name, bold)
        sheet.write_string(1, 0, f"{TITLE}, {journal.period}", bold)
        for column, (name, __, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(3, column, name, head)
        for place, row in enumerate(journal.rows, 1):
            sheet.write_number(3 + place, 0, place, cell)
            # write_string: a name that begins with "=" must not become a formula
            for column, words in enumerate(row, 1):
                sheet.write_string(3 + place, column, words, cell)
        sheet.freeze_panes(4, 0)
        sheet.autofilter(3, 0, 3 + len(journal.rows), len(COLUMNS) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(3)
    return buffer.getvalue()
