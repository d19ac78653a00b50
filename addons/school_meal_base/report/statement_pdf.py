"""The printed statement of an account: "Отчёт по лицевому счёту" on A4.

A Russian form, so its words are Russian in every language of the program.
"""

from xml.sax.saxutils import escape

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import LongTable, Paragraph, Spacer, TableStyle

from ..domain.money import format_rubles
from ..domain.receipt_text import dish_text
from . import pdf

WIDTHS = (22 * mm, 104 * mm, 27 * mm, 27 * mm)
HEAD = ("Дата", "Наименование", "Списано", "Зачислено")


def render(statement, owner):
    """Return the bytes of the PDF.

    :param dict statement: as `meal.statement` gives it, amounts in kopecks; balances
        and the total of credits that are None are left out
    :param dict owner: texts `student`, `school`, `class`, `number`, `printed_at`
    """
    period = (
        f"за период с {_day(statement['date_from'])} по {_day(statement['date_to'])}"
    )
    flowables = [
        pdf.paragraph("Отчёт по лицевому счёту", "title"),
        pdf.paragraph(period, "subtitle"),
        _owner_table(owner),
        Spacer(0, 3 * mm),
        _balance("Остаток на начало:", statement["opening"]),
        _lines_table(statement),
        Spacer(0, 2 * mm),
        _balance("Остаток на конец:", statement["closing"]),
        pdf.paragraph(
            "Деньги на лицевом счёте можно потратить только в столовой и буфете школы.",
            "small",
        ),
    ]
    return pdf.build_document(
        flowables,
        title=f"Отчёт по лицевому счёту {owner['number']}",
        footer=f"Лицевой счёт {owner['number']} · сформирован {owner['printed_at']}",
    )


def _owner_table(owner):
    rows = [
        ("Образовательная организация", owner["school"]),
        ("Учащийся", owner["student"]),
        ("Класс", owner["class"]),
        ("Лицевой счёт", owner["number"]),
    ]
    plain = [
        ("GRID", (0, 0), (-1, -1), 0, "#FFFFFF"),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
    ]
    widths = (52 * mm, 128 * mm)
    return pdf.table(rows, widths, head_rows=0, extra=plain)


def _balance(label, kopecks):
    text = "" if kopecks is None else f"{label} {format_rubles(kopecks)} руб."
    return pdf.paragraph(text, "heading")


def _lines_table(statement):
    """The table; amounts are plain text: a paragraph per cell is ten times slower."""
    rows, styles = [list(HEAD)], _table_commands()
    cell, dish = pdf.styles()["cell"], _dish_style()
    for line in statement["lines"]:
        receipt = line["receipt"]
        title = line["title"] + (":" if receipt else "")
        rows.append(
            [
                _day(line["date"]),
                Paragraph(escape(title), cell),
                _amount(line["debit"]),
                _amount(line["credit"]),
            ]
        )
        side = 2 if line["debit"] else 3
        for item in receipt["lines"] if receipt else ():
            row = ["", Paragraph(escape(dish_text(item)), dish), "", ""]
            row[side] = format_rubles(item["amount"])
            styles.append(("TEXTCOLOR", (2, len(rows)), (3, len(rows)), pdf.GREY))
            rows.append(row)
    if not statement["lines"]:
        rows.append(["", "За период операций не было", "", ""])
    rows.append(
        [
            "",
            "Итого",
            format_rubles(statement["debit"]),
            "" if statement["credit"] is None else format_rubles(statement["credit"]),
        ]
    )
    last = len(rows) - 1
    styles.append(("FONTNAME", (0, last), (-1, last), pdf.FONT_BOLD))
    return LongTable(rows, WIDTHS, repeatRows=1, style=TableStyle(styles))


def _table_commands():
    return [
        ("FONTNAME", (0, 0), (-1, -1), pdf.FONT),
        ("FONTNAME", (0, 0), (-1, 0), pdf.FONT_BOLD),
        ("FONTSIZE", (0, 0), (-1, -1), 8),
        ("BACKGROUND", (0, 0), (-1, 0), pdf.HEAD),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, pdf.LINE),
        ("ALIGN", (2, 0), (3, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]


def _dish_style():
    base = pdf.styles()["cell"]
    return ParagraphStyle(
        "dish", parent=base, leftIndent=5 * mm, textColor=pdf.GREY, fontSize=7.5
    )


def _amount(kopecks):
    return format_rubles(kopecks) if kopecks else ""


def _day(day):
    return f"{day:%d.%m.%Y}"
