"""Who is inside, by class, with a box to tick: A4, two columns, large letters.

Rows are plain strings, not paragraphs: 1,500 people must be on paper in about a second.
"""

from itertools import zip_longest

from reportlab.lib.units import mm
from reportlab.platypus import Spacer, Table, TableStyle

from odoo.addons.school_meal_base.report.pdf import (
    FONT,
    FONT_BOLD,
    HEAD,
    LINE,
    build_document,
    paragraph,
    register_fonts,
    text_width,
)

SIZE = 11
NAME, TIME, BOX, GAP = 66 * mm, 13 * mm, 8 * mm, 6 * mm
WIDTHS = [BOX, NAME, TIME, GAP, BOX, NAME, TIME]
MARGIN = 15 * mm
#: Columns of boxes in a row of two people.
FIRST, SECOND = 0, 4


def draw(content, labels):
    """Return the bytes of the list.

    :param dict content: of ``access.site._get_evacuation()``
    :param dict labels: of ``access.site._evacuation_labels()``
    """
    register_fonts()
    printed = f"{labels['printed']} {content['printed']}"
    story = [
        paragraph(labels["title"], "title"),
        paragraph(f"{content['school']}, {content['site']}", "subtitle"),
        _numbers(content, labels, printed),
        Spacer(1, 2 * mm),
        paragraph(labels["hint"]),
    ]
    for name, people in content["groups"]:
        story += [Spacer(1, 3 * mm), _group(name, people)]
    if not content["groups"]:
        story.append(paragraph(labels["nobody"], "heading"))
    story += [
        Spacer(1, 8 * mm),
        paragraph(f"{labels['signature']} {'_' * 30} / {'_' * 30} /"),
    ]
    return build_document(
        story,
        title=labels["title"],
        header=f"{content['school']}, {content['site']}. {printed}",
        margin=MARGIN,
    )


def _numbers(content, labels, printed):
    return Table(
        [
            [
                printed,
                f"{labels['inside']}: {content['inside']}",
                f"{labels['unknown']}: {content['unknown']}",
            ]
        ],
        [sum(WIDTHS) / 3] * 3,
        style=TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), FONT_BOLD, 13),
                ("BOX", (0, 0), (-1, -1), 1, LINE),
                ("ALIGN", (0, 0), (-1, -1), "CENTER"),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
            ]
        ),
    )


def _group(name, people):
    half = (len(people) + 1) // 2
    pairs = list(zip_longest(people[:half], people[half:]))
    rows = [[f"{name}: {len(people)}", *[""] * 6]]
    rows += [[*_cells(left), "", *_cells(right)] for left, right in pairs]
    commands = [
        ("SPAN", (0, 0), (-1, 0)),
        ("FONT", (0, 0), (-1, 0), FONT_BOLD, 12),
        ("BACKGROUND", (0, 0), (-1, 0), HEAD),
        ("FONT", (0, 1), (-1, -1), FONT, SIZE),
        ("LINEBELOW", (1, 1), (2, -1), 0.3, LINE),
        ("LINEBELOW", (5, 1), (6, -1), 0.3, LINE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2),
        ("TOPPADDING", (0, 1), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 1), (-1, -1), 3),
        ("FONTSIZE", (2, 1), (2, -1), 8),
        ("FONTSIZE", (6, 1), (6, -1), 8),
    ]
    for number, pair in enumerate(pairs, 1):
        for column, person in zip((FIRST, SECOND), pair, strict=True):
            if person:
                place = (column, number)
                commands.append(("BOX", place, place, 0.8, "black"))
            if person and person[3]:
                cells = ((column + 1, number), (column + 1, number))
                commands.append(("FONT", *cells, FONT_BOLD, SIZE))
    return Table(
        rows, WIDTHS, rowHeights=[8 * mm, *[7 * mm] * len(pairs)], repeatRows=1,
        style=TableStyle(commands),
    )  # fmt: skip


def _cells(person):
    if person is None:
        return ["", "", ""]
    name, _where, since, is_unknown = person
    return ["", _fit(f"? {name}" if is_unknown else name), since]


def _fit(text):
    while text_width(text, SIZE) > NAME - 4 and len(text) > 4:
        text = f"{text[:-2].rstrip()}…"
    return text
