"""Paper lists for the serving hatch: a class on a sheet, a QR code beside each child.

Scanned by the tablet a child's code is a tap; the code of the sheet opens it for typing
back. Both codes say nothing about the child.
"""

from itertools import groupby
from typing import NamedTuple

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.lib.colors import black
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, PageBreak, Spacer, Table

from odoo.addons.school_meal_base.report.pdf import build_document, paragraph, table

ROW_QR = 9 * mm
SHEET_QR = 20 * mm
#: Light modules around a code, and the pattern laid over it.
QUIET, MASK = 2, 2
WIDTH = 180 * mm
NUMBER, CODE = 8 * mm, 14 * mm


class Sheet(NamedTuple):
    """A class: ``rows`` of (name, code, [text of each meal])."""

    title: str
    subtitle: str
    code: str
    meals: list
    rows: list


class QrCode(Flowable):
    """A QR code as a cell of a table."""

    def __init__(self, payload, size):
        super().__init__()
        self.payload, self.width, self.height = payload, size, size

    def wrap(self, *_available):
        return self.width, self.height

    def draw(self):
        code = QrCodeWidget(self.payload, barLevel="L").qr
        # Any mask is valid; to look for the best of eight takes fifty times as long.
        code.getBestMaskPattern = lambda: MASK
        code.make()
        box = self.width / (code.getModuleCount() + 2 * QUIET)
        path = self.canv.beginPath()
        for row, modules in enumerate(code.modules):
            column = 0
            # runs of one colour, in their order: not what odoo.tools.groupby returns
            runs = groupby(map(bool, modules))  # pylint: disable=bad-builtin-groupby
            for is_dark, run in runs:
                count = len(list(run))
                if is_dark:
                    x = (column + QUIET) * box
                    path.rect(
                        x, self.height - (row + QUIET + 1) * box, count * box, box
                    )
                column += count
        self.canv.saveState()
        self.canv.setFillColor(black)
        self.canv.drawPath(path, stroke=0, fill=1)
        self.canv.restoreState()


def draw_rosters(sheets, labels):
    """Return the bytes of one file with all sheets, each class on pages of its own.

    :param dict labels: texts of the form
    """
    story = []
    for sheet in sheets:
        if story:
            story.append(PageBreak())
        story += _draw_sheet(sheet, labels)
    if not story:
        story.append(paragraph(labels["empty"]))
    return build_document(
        story, title=labels["title"], header=labels["title"], footer=labels["footer"]
    )


def _draw_sheet(sheet, labels):
    heading = Table(
        [
            [
                [
                    paragraph(sheet.title, "heading"),
                    paragraph(sheet.subtitle),
                    paragraph(labels["hint"], "small"),
                ],
                [QrCode(sheet.code, SHEET_QR), paragraph(sheet.code, "small")],
            ]
        ],
        [WIDTH - 42 * mm, 42 * mm],
    )
    columns = min(28 * mm, 96 * mm / max(1, len(sheet.meals)))
    name = WIDTH - NUMBER - CODE - columns * len(sheet.meals)
    head = [labels["number"], "QR", labels["name"], *sheet.meals]
    rows = [
        [number, QrCode(code, ROW_QR), child, *texts]
        for number, (child, code, texts) in enumerate(sheet.rows, 1)
    ]
    widths = [NUMBER, CODE, name, *([columns] * len(sheet.meals))]
    return [
        heading,
        Spacer(1, 2 * mm),
        table([head, *rows], widths, aligns="rcl" + "c" * len(sheet.meals)),
        Spacer(1, 6 * mm),
        paragraph(f"{labels['given_by']} {'_' * 24} / {'_' * 24} /"),
    ]
