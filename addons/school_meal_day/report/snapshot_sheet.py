"""The sheet of a binding number of portions: big numbers first, then where from.

Drawn from ``meal.snapshot._get_difference()``; A4 portrait, readable at arm's length
over a stove.
"""

from collections import defaultdict
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, Spacer

from odoo.addons.school_meal_base.report.pdf import (
    FONT,
    FONT_BOLD,
    build_document,
    paragraph,
    register_fonts,
    table,
)

TOTALS = [46 * mm, 44 * mm, 30 * mm, 20 * mm, 22 * mm, 18 * mm]
SETS = [40 * mm, 50 * mm, 24 * mm, 66 * mm]
REASONS = [40 * mm, 74 * mm, 20 * mm, 20 * mm, 26 * mm]
CLASS_WIDTH = 24 * mm
WIDTH = 180 * mm


def draw(difference, labels):
    """Return the bytes of the sheet.

    :param dict difference: of ``meal.snapshot._get_difference()``
    :param dict labels: texts of ``meal.snapshot._get_sheet_labels()``
    """
    register_fonts()
    story = [
        paragraph(labels["title"], "title"),
        paragraph(labels["school"], "subtitle"),
        paragraph(labels["moment"], "subtitle"),
        _headline(difference, labels),
        Spacer(1, 3 * mm),
        _totals(difference, labels),
    ]
    for part in (_sets, _classes, _reasons):
        story += part(difference, labels)
    story.append(_signature(labels))
    return build_document(story, title=labels["title"], footer=labels["footer"])


def _headline(difference, labels):
    text = f"{labels['portions']}: <b>{difference['after']}</b>"
    if difference["free"]:
        text += f"<br/><font size='11'>{labels['free']}: {difference['free']}</font>"
    if difference["replacements"]:
        text += f"<br/><font size='13'>{_replacements(difference, labels)}</font>"
    style = ParagraphStyle(
        "headline", fontName=FONT, fontSize=22, leading=28, alignment=TA_CENTER
    )
    return Paragraph(text, style)


def _replacements(difference, labels):
    """Counted when the sheet is printed: menus change after the number is fixed."""
    names = {total["meal_id"]: total["meal"] for total in difference["totals"]}
    counts = difference["replacements"]
    parts = [
        f"{escape(name)} – <b>{counts[id_]}</b>"
        for id_, name in names.items()
        if id_ in counts
    ]
    return f"{labels['replacements']}: {', '.join(parts)}"


def _big(value, size=20, align=TA_CENTER):
    style = ParagraphStyle(
        "big", fontName=FONT_BOLD, fontSize=size, leading=size * 1.2, alignment=align
    )
    return Paragraph(str(value), style)


def _signed(number):
    """
    >>> _signed(3), _signed(-2), _signed(0)
    ('+3', '−2', '')
    """
    return f"+{number}" if number > 0 else f"−{-number}" if number else ""


def _totals(difference, labels):
    rows = [
        [
            _big(total["meal"], 13, TA_LEFT),
            total["age_group"],
            _big(total["after"]),
            total["before"],
            _big(_signed(total["change"]), 13),
            total["diet"] or "",
        ]
        for total in difference["totals"]
    ]
    return table([labels["totals_head"], *rows], TOTALS, aligns="llcccc")


def _sets(difference, labels):
    """Sets other than the usual one, with their classes: they are cooked apart."""
    sums, classes = defaultdict(int), defaultdict(list)
    for line in difference["lines"]:
        if line["variant"] and line["after"]:
            key = line["meal"], line["variant"]
            sums[key] += line["after"]
            name = line["class"] or labels["no_class"]
            classes[key].append(f"{name} – {line['after']}")
    if not sums:
        return []
    rows = [
        [meal, variant, _big(count, 13), ", ".join(classes[meal, variant])]
        for (meal, variant), count in sums.items()
    ]
    head = [paragraph(labels["sets"], "heading")]
    return [*head, table([labels["sets_head"], *rows], SETS, aligns="llcl")]


def _classes(difference, labels):
    """Portions of each class; a number that has changed shows by how much."""
    meals = list(dict.fromkeys(line["meal"] for line in difference["lines"]))
    cells = defaultdict(lambda: [0, 0])
    names = {}
    for line in difference["lines"]:
        cell = cells[line["class_id"], line["meal"]]
        cell[0] += line["after"]
        cell[1] += line["change"]
        names[line["class_id"]] = line["class"] or labels["no_class"]
    if not names:
        return []
    width = (WIDTH - CLASS_WIDTH) / len(meals)
    rows = [
        [name, *(_cell(*cells[class_id, meal]) for meal in meals)]
        for class_id, name in names.items()
    ]
    sums = (sum(cells[class_id, meal][0] for class_id in names) for meal in meals)
    rows.append([labels["total"], *sums])
    made = table(
        [[labels["class"], *meals], *rows],
        [CLASS_WIDTH, *[width] * len(meals)],
        aligns="l" + "c" * len(meals),
        bold_rows=[-1],
    )
    return [paragraph(labels["classes"], "heading"), made]


def _cell(count, change):
    return f"{count} ({_signed(change)})" if change else count or ""


def _reasons(difference, labels):
    if not difference["reasons"]:
        return []
    rows = [
        [
            reason["meal"],
            reason["label"] + (f", {labels['late']}" if reason["is_late"] else ""),
            reason["added"] or "",
            reason["removed"] or "",
            reason["freed"] or "",
        ]
        for reason in difference["reasons"]
    ]
    made = table([labels["reasons_head"], *rows], REASONS, aligns="llccc")
    return [paragraph(labels["reasons"], "heading"), made]


def _signature(labels):
    line = "_" * 28
    text = paragraph(f"{labels['received']} {line} / {line} /")
    return KeepTogether([Spacer(1, 8 * mm), text])
