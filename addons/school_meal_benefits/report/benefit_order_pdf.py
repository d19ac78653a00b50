"""The order (приказ) on free meals of a school, whole or as an extract.

The extract goes to class teachers and the kitchen: it says who eats what from when, and
not why.
"""

from typing import NamedTuple

from reportlab.lib.units import mm
from reportlab.platypus import Spacer

from odoo.addons.school_meal_base.report.pdf import (
    FONT_BOLD,
    build_document,
    paragraph,
    table,
)

from ..domain.paper_words import long_date
from .letterhead import indented, letterhead, signatures, text, two_sides

TITLES = {
    "meals": "О предоставлении бесплатного питания обучающимся",
    "milk": "Об обеспечении обучающихся молоком (молочной продукцией)",
    "money": "О выплате денежной компенсации за питание",
    "end": "О прекращении предоставления бесплатного питания обучающимся",
    "mixed": "О мерах социальной поддержки обучающихся по обеспечению питанием",
}
POINTS = {
    "meals": "Предоставить бесплатное питание следующим обучающимся:",
    "milk": "Обеспечить молоком (молочной продукцией) следующих обучающихся:",
    "money": "Выплачивать денежную компенсацию за питание родителям (законным"
    " представителям) следующих обучающихся:",
    "end": "Прекратить предоставление бесплатного питания следующим обучающимся:",
}


class Line(NamedTuple):
    """A child of the order; ``ground`` is the category with its item, or why it ends;
    ``given`` the meals; ``term`` from when until when."""

    kind: str
    student: str
    class_name: str
    ground: str
    given: str
    term: str


class Order(NamedTuple):
    school: tuple
    number: str
    day: object
    regulation: str
    items: str
    lines: list
    further: list
    is_signed: bool


def draw_order(order, extract=False):
    """Return the bytes of the order."""
    kinds = list(dict.fromkeys(line.kind for line in order.lines))
    title = TITLES[kinds[0] if len(kinds) == 1 else "mixed"]
    story = [
        *letterhead(order.school),
        paragraph("ВЫПИСКА ИЗ ПРИКАЗА" if extract else "ПРИКАЗ", "title"),
    ]
    if not order.is_signed:
        story.append(paragraph("ПРОЕКТ", "subtitle"))
    story += [
        two_sides(long_date(order.day), f"№ {order.number or '________'}"),
        text(order.school.city, alignment=1),
        Spacer(1, 4 * mm),
        text(title, fontName=FONT_BOLD, alignment=0),
        Spacer(1, 3 * mm),
        indented(_preamble(order, kinds, extract)),
        text("ПРИКАЗЫВАЮ:", fontName=FONT_BOLD),
    ]
    number = 0
    for number, kind in enumerate(kinds, 1):
        lines = [line for line in order.lines if line.kind == kind]
        story += [
            text(f"{number}. {POINTS[kind]}"),
            _table(lines, kind, extract),
            Spacer(1, 3 * mm),
        ]
    if not extract:
        for place, words in enumerate(_points(order, kinds), number + 1):
            story.append(text(f"{place}. {words}"))
    story.append(_signed(order, extract))
    footer = f"{'Выписка из приказа' if extract else 'Приказ'} № {order.number or '—'}"
    return build_document(story, title=title, footer=footer)


def _preamble(order, kinds, extract):
    if kinds == ["end"]:
        basis = "в связи с прекращением оснований для предоставления питания"
    else:
        basis = (
            "на основании заявлений родителей (законных представителей) обучающихся"
            " и представленных документов"
        )
    if extract or not order.items:
        return f"В соответствии с {order.regulation}, {basis}"
    return f"В соответствии с {order.regulation} ({order.items}), {basis}"


def _table(lines, kind, extract):
    given = {"money": "Выплата", "milk": "Предоставляется"}.get(kind, "Питание")
    head = ["№", "Фамилия, имя, отчество обучающегося", "Класс"]
    ground = "Основание" if kind == "end" else "Категория (пункт)"
    term = "Последний день" if kind == "end" else "Срок"
    if extract:
        rows = [[line.given, line.term] for line in lines]
        head += [given, term]
        widths = [10 * mm, 70 * mm, 18 * mm, 42 * mm, 40 * mm]
    else:
        rows = [[line.ground, line.given, line.term] for line in lines]
        head += [ground, given, term]
        widths = [9 * mm, 50 * mm, 14 * mm, 51 * mm, 28 * mm, 28 * mm]
    body = [
        [str(number), line.student, line.class_name, *rest]
        for number, (line, rest) in enumerate(zip(lines, rows, strict=True), 1)
    ]
    return table([head, *body], widths, aligns="rlclll")


def _points(order, kinds):
    """Return the items that follow the lists."""
    clerk = order.school.clerk
    points = []
    if "end" not in kinds:
        points.append(
            f"Ответственному за организацию питания{f' ({clerk})' if clerk else ''}"
            " обеспечить учёт обучающихся, указанных в настоящем приказе, и ведение"
            " табеля учёта посещаемости."
        )
        points.append(
            "Питание не предоставляется в выходные и праздничные дни, в каникулы, в дни"
            " отсутствия обучающегося и в дни обучения с применением дистанционных"
            " образовательных технологий."
        )
    points.append(
        "Классным руководителям довести настоящий приказ до сведения родителей"
        " (законных представителей) в части, касающейся их детей."
    )
    points += order.further
    points.append("Контроль за исполнением настоящего приказа оставляю за собой.")
    return points


def _signed(order, extract):
    lines = [("Директор", order.school.head)]
    if extract:
        lines.append(("Выписка верна:", order.school.clerk))
    else:
        lines.append(("С приказом ознакомлен(а):", order.school.clerk))
    return signatures(*lines)
