"""Letters of a school: the notice of a refusal or an end, a request to another body."""

from typing import NamedTuple

from reportlab.lib.units import mm
from reportlab.platypus import Spacer, Table

from odoo.addons.school_meal_base.report.pdf import FONT_BOLD, build_document

from .letterhead import WIDTH, indented, letterhead, signatures, text


class Letter(NamedTuple):
    """A letter; ``to`` are the lines of the address, ``points`` a list after the first
    paragraph, ``after`` the paragraphs after it, ``foot`` small lines at the end."""

    school: tuple
    number: str
    day: object
    to: list
    title: str
    opening: str
    points: list = ()
    after: list = ()
    foot: list = ()


def draw_letter(letter):
    """Return the bytes of a letter."""
    number = letter.number or "________"
    day = f"{letter.day:%d.%m.%Y}" if letter.day else "____.____.______"
    story = [
        *letterhead(letter.school),
        Table(
            [
                [
                    text(f"от {day} № {number}", alignment=0),
                    [text(line, alignment=0, spaceAfter=1) for line in letter.to],
                ]
            ],
            [WIDTH * 0.5, WIDTH * 0.5],
            style=[
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ],
        ),
        Spacer(1, 10 * mm),
        text(letter.title, fontName=FONT_BOLD, fontSize=11, alignment=1),
        Spacer(1, 4 * mm),
        indented(letter.opening),
    ]
    story += [
        text(
            f"{place}) {words};" if place < len(letter.points) else f"{place}) {words}."
        )
        for place, words in enumerate(letter.points, 1)
    ]
    story += [indented(words) for words in letter.after]
    story.append(signatures(("Директор", letter.school.head)))
    story.append(Spacer(1, 10 * mm))
    story += [text(line, fontSize=8, leading=10, alignment=0) for line in letter.foot]
    return build_document(story, title=letter.title)
