"""The attendance register of a class and month on A4 landscape."""

from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.platypus import Spacer

from odoo.addons.school_meal_base.report.pdf import build_document, paragraph, table

NUMBER, NAME, TOTAL = 8 * mm, 58 * mm, 14 * mm
WIDTH = 277 * mm
MARGIN = 10 * mm
OFF = colors.HexColor("#E8E8E8")


def render(content, labels):
    """Return the bytes of the PDF.

    :param dict content: of ``attendance.day._get_register``
    :param dict labels: of ``attendance.day._get_register_labels``
    """
    title = f"{labels['title']}, {content['class']}, {content['month']:%m.%Y}"
    body = [_grid(content, labels)] if content["rows"] else [paragraph(labels["empty"])]
    story = [
        paragraph(title, "title"),
        paragraph(content["school"], "subtitle"),
        *body,
        Spacer(1, 3 * mm),
        paragraph(labels["legend"], "small"),
        paragraph(f"{labels['teacher']}: ____________________ {content['teacher']}"),
    ]
    return build_document(story, title=title, landscape=True, margin=MARGIN)


def _grid(content, labels):
    days = content["days"]
    width = (WIDTH - NUMBER - NAME - 4 * TOTAL) / len(days)
    head = [
        labels["number"],
        labels["name"],
        *(str(day.day) for day, __ in days),
        *(labels[name] for name in ("missed", "ill", "unexcused", "late")),
    ]
    rows = [
        [
            number,
            row["name"],
            *(row["marks"].get(day, "") for day, __ in days),
            *(count or "" for count in row["totals"]),
        ]
        for number, row in enumerate(content["rows"], 1)
    ]
    sums = zip(*(row["totals"] for row in content["rows"]), strict=True)
    rows.append(
        [
            "",
            labels["absent"],
            *(content["sums"].get(day, "") for day, __ in days),
            *(sum(counts) for counts in sums),
        ]
    )
    off = [
        ("BACKGROUND", (index, 1), (index, -1), OFF)
        for index, (__, is_taught) in enumerate(days, 2)
        if not is_taught
    ]
    narrow = [
        ("LEFTPADDING", (2, 0), (-1, -1), 0),
        ("RIGHTPADDING", (2, 0), (-1, -1), 0),
    ]
    return table(
        [head, *rows],
        [NUMBER, NAME, *[width] * len(days), *[TOTAL] * 4],
        aligns="cl" + "c" * (len(days) + 4),
        bold_rows=[-1],
        extra=[*off, *narrow],
    )
