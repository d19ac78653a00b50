"""The sheet of one application: what was registered, and the papers with the marks of
the official ("документы имеются в ОО, место хранения": items 20, 23, 31 and others).
"""

from typing import NamedTuple

from reportlab.lib.units import mm
from reportlab.platypus import Spacer

from odoo.addons.school_meal_base.report.pdf import build_document, paragraph, table

from .letterhead import letterhead, signatures, text


class Paper(NamedTuple):
    item: str
    name: str
    details: str
    is_brought: bool
    place: str
    note: str


class Sheet(NamedTuple):
    """``facts`` and ``course`` are (label, value) pairs; ``held`` the mark of the
    official about papers that the school holds."""

    school: tuple
    title: str
    facts: list
    papers: list
    held: list
    course: list


def draw_sheet(sheet):
    """Return the bytes of the sheet."""
    story = [
        *letterhead(sheet.school),
        paragraph("РЕГИСТРАЦИОННЫЙ ЛИСТ ЗАЯВЛЕНИЯ", "title"),
        paragraph(sheet.title, "subtitle"),
        table(sheet.facts, [60 * mm, 120 * mm], head_rows=0),
        Spacer(1, 4 * mm),
        paragraph("Документы", "heading"),
        _papers(sheet.papers),
        Spacer(1, 4 * mm),
    ]
    if sheet.held:
        story.append(
            text(
                "Отметка должностного лица: следующие документы имеются в"
                " общеобразовательной организации:"
            )
        )
        story += [text(f"— {line}") for line in sheet.held]
    story += [
        paragraph("Ход рассмотрения", "heading"),
        table(sheet.course, [90 * mm, 90 * mm], head_rows=0),
        signatures(("Ответственное лицо", sheet.school.clerk)),
    ]
    return build_document(story, title=sheet.title, footer=sheet.title)


def _papers(papers):
    head = [
        "Пункт",
        "Документ",
        "Реквизиты",
        "Представлен",
        "Имеется в ОО, место хранения",
        "Примечание",
    ]
    rows = [
        [
            paper.item,
            paper.name,
            paper.details,
            "да" if paper.is_brought else "—",
            paper.place or "—",
            paper.note,
        ]
        for paper in papers
    ]
    widths = [13 * mm, 47 * mm, 38 * mm, 26 * mm, 30 * mm, 26 * mm]
    return table([head, *rows], widths, aligns="cllcll")
