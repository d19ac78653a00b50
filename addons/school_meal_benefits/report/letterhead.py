"""What the printed papers of a school have in common: letterhead, dates, signatures."""

from typing import NamedTuple

from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, Spacer, Table

from odoo.addons.school_meal_base.report.pdf import (
    FONT,
    FONT_BOLD,
    paragraph,
    register_fonts,
    styles,
)

WIDTH = 180 * mm


class School(NamedTuple):
    """A school on its letterhead; ``head`` and ``clerk`` are short names."""

    name: str
    address: str
    phone: str
    email: str
    head: str
    clerk: str
    city: str


def text_style(name, **changes):
    """Return a style of running text: justified, with an indent if asked."""
    register_fonts()
    return ParagraphStyle(
        name,
        parent=styles()["body"],
        **{
            "fontSize": 10,
            "leading": 14,
            "alignment": TA_JUSTIFY,
            "spaceAfter": 4,
            **changes,
        },
    )


def text(words, **changes):
    """Return a justified paragraph of plain text."""
    plain = paragraph(words)
    return Paragraph(plain.text, text_style("text", **changes))


def indented(words):
    return text(words, firstLineIndent=10 * mm)


def letterhead(school):
    """Return the head of a paper: the name of the school and how to reach it."""
    contacts = ", ".join(filter(None, (school.address, school.phone, school.email)))
    head = [
        Paragraph(
            paragraph(school.name).text,
            ParagraphStyle(
                "school",
                fontName=FONT_BOLD,
                fontSize=11,
                leading=14,
                alignment=1,
                spaceAfter=2,
            ),
        )
    ]
    if contacts:
        head.append(
            Paragraph(
                paragraph(contacts).text,
                ParagraphStyle(
                    "contacts", fontName=FONT, fontSize=8, leading=10, alignment=1
                ),
            )
        )
    line = Table([[""]], [WIDTH], 2 * mm, style=[("LINEBELOW", (0, 0), (-1, -1), 1, 0)])
    return [*head, line, Spacer(1, 5 * mm)]


def two_sides(left, right, widths=(WIDTH / 2, WIDTH / 2)):
    """Return two texts side by side, as date and number of an order."""
    return Table(
        [[text(left, alignment=0), text(right, alignment=2)]],
        widths,
        style=[
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ],
    )


def signature(position, name):
    """Return the line to sign on: position, place, name."""
    return Table(
        [[text(position, alignment=0), "_" * 24, text(name, alignment=0)]],
        [70 * mm, 55 * mm, 55 * mm],
        style=[
            ("FONT", (0, 0), (-1, -1), FONT, 10),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ],
    )


def signatures(*lines):
    return KeepTogether([Spacer(1, 8 * mm), *(signature(*line) for line in lines)])
