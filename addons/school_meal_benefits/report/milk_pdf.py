"""The list of milk given to parents, with places for their signatures.

A Russian form, so its words are Russian in every language of the program.
"""

from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Spacer

from odoo.addons.school_meal_base.report import pdf

UNITS = {"ml": "мл", "piece": "шт."}
WIDTHS = [w * mm for w in (9, 55, 14, 13, 22, 38, 29)]


def render(content):
    """Return the bytes of the PDF.

    :param dict content: as `benefit.milk.issue._get_content` gives it
    """
    is_for_parents = content["kind"] == "parents"
    head = ["№", "Обучающийся", "Класс", "Дней", "Количество", "Получил", "Подпись"]
    widths = WIDTHS
    if not is_for_parents:
        head, widths = head[:5], [9 * mm, 95 * mm, 20 * mm, 20 * mm, 36 * mm]
    rows = [head]
    for at, line in enumerate(content["rows"], 1):
        cells = [
            at,
            line["student"],
            line["class"],
            line["days"],
            f"{line['quantity']} {UNITS.get(line['unit'], '')}",
        ]
        if is_for_parents:
            cells += [line["receiver"], line["issued"]]
        rows.append(cells)
    rows.append(_total(content, len(head)))
    what = (
        "выдачи молока (молочной продукции) родителям (законным представителям)"
        if is_for_parents
        else "учёта молока (молочной продукции), выпитого в организации"
    )
    flowables = [
        pdf.paragraph("Ведомость", "title"),
        pdf.paragraph(
            f"{what} за период с {content['date_from']:%d.%m.%Y} по"
            f" {content['date_to']:%d.%m.%Y}",
            "subtitle",
        ),
        pdf.paragraph(content["school"]),
        pdf.paragraph(f"Продукт: {content['product']}"),
        pdf.table(rows, widths, aligns="clccrll", bold_rows=(-1,)),
        KeepTogether(
            [
                Spacer(0, 6 * mm),
                pdf.paragraph("Выдал ____________________ / ______________________ /"),
                Spacer(0, 3 * mm),
                pdf.paragraph(
                    "Руководитель ____________________ / ______________________ /"
                ),
            ]
        ),
    ]
    return pdf.build_document(
        flowables, title="Ведомость выдачи молока", footer=content["school"]
    )


def _total(content, columns):
    days = sum(line["days"] for line in content["rows"])
    units = {}
    for line in content["rows"]:
        units[line["unit"]] = units.get(line["unit"], 0) + line["quantity"]
    text = ", ".join(
        f"{amount} {UNITS.get(unit, '')}" for unit, amount in units.items()
    )
    return ["", "Итого", "", days, text, *[""] * (columns - 5)]
