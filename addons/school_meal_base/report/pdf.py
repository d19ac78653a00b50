"""Shared helpers for PDF documents drawn with reportlab.

Fonts with Cyrillic come with the add-on (DejaVu Sans, see static/fonts). A report
is a list of flowables given to :func:`build_document`, which adds the header, the
footer and "page / pages"; forms drawn by coordinates use :func:`new_canvas`.

All lengths are points (1/72 inch); use ``reportlab.lib.units.mm``.
"""

import io
import re
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.pagesizes import landscape as as_landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

FONT = "MealSans"
FONT_BOLD = "MealSans-Bold"
FONT_DIR = Path(__file__).resolve().parent.parent / "static" / "fonts"
MARGIN = 15 * mm
GREY = colors.HexColor("#6B7280")
LINE = colors.HexColor("#9CA3AF")
HEAD = colors.HexColor("#E5E7EB")


@cache
def register_fonts():
    """Register the bundled fonts with reportlab, once per process."""
    pdfmetrics.registerFont(TTFont(FONT, FONT_DIR / "DejaVuSans.ttf"))
    pdfmetrics.registerFont(TTFont(FONT_BOLD, FONT_DIR / "DejaVuSans-Bold.ttf"))
    pdfmetrics.registerFontFamily(
        FONT, normal=FONT, bold=FONT_BOLD, italic=FONT, boldItalic=FONT_BOLD
    )


@cache
def styles():
    """Return paragraph styles: title, subtitle, body, small, cell, right, ..."""
    register_fonts()

    def style(name, font=FONT, size=9, align=TA_LEFT, **kwargs):
        return ParagraphStyle(
            name, fontName=font, fontSize=size, leading=size * 1.25,
            alignment=align, **kwargs,
        )  # fmt: skip

    made = [
        style("title", FONT_BOLD, 14, TA_CENTER, spaceAfter=6),
        style("subtitle", FONT, 10, TA_CENTER, spaceAfter=8),
        style("heading", FONT_BOLD, 11, spaceBefore=8, spaceAfter=4),
        style("body", spaceAfter=4),
        style("small", size=7, textColor=GREY),
        style("cell", size=8),
        style("cell_bold", FONT_BOLD, 8),
        style("cell_center", size=8, align=TA_CENTER),
        style("cell_right", size=8, align=TA_RIGHT),
        style("cell_right_bold", FONT_BOLD, 8, TA_RIGHT),
        style("cell_head", FONT_BOLD, 8, TA_CENTER),
    ]
    return {item.name: item for item in made}


def paragraph(text, style="body"):
    """Return a Paragraph of plain text (markup in it is shown, not obeyed)."""
    return Paragraph(escape(str(text or "")).replace("\n", "<br/>"), styles()[style])


def table(rows, widths, *, head_rows=1, aligns=(), bold_rows=(), extra=()):
    """Return a ruled Table whose cells wrap and whose head repeats on each page.

    :param rows: lists of text (or flowables), head rows first
    :param widths: column widths in points
    :param aligns: a letter per column: l, c or r (default l)
    :param bold_rows: indexes of rows in bold, such as totals; -1 is the last
    :param extra: more TableStyle commands
    """
    names = {"l": "cell", "c": "cell_center", "r": "cell_right"}
    bold_names = {"l": "cell_bold", "c": "cell_head", "r": "cell_right_bold"}
    bold = {index % len(rows) for index in bold_rows} if rows else set()

    def cell(row, column, value):
        if not isinstance(value, str | int | float | None):
            return value
        align = aligns[column] if column < len(aligns) else "l"
        if row < head_rows:
            return paragraph(value, "cell_head")
        return paragraph(
            "" if value is None else value,
            (bold_names if row in bold else names)[align],
        )

    cells = [[cell(r, c, v) for c, v in enumerate(row)] for r, row in enumerate(rows)]
    commands = [
        ("GRID", (0, 0), (-1, -1), 0.4, LINE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
    if head_rows:
        commands.append(("BACKGROUND", (0, 0), (-1, head_rows - 1), HEAD))
    return Table(
        cells, widths, repeatRows=head_rows, style=TableStyle([*commands, *extra])
    )


def build_document(
    flowables, *, title, header="", footer="", landscape=False, margin=MARGIN
):
    """Return the bytes of an A4 document.

    :param title: title in the file's properties
    :param header: one line at the top left of each page
    :param footer: one line at the bottom left; the page count is at the right
    """
    register_fonts()
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=as_landscape(A4) if landscape else A4,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin + (5 * mm if header else 0),
        bottomMargin=margin + 5 * mm,
        title=title,
    )

    def canvas_maker(*args, **kwargs):
        return NumberedCanvas(
            *args, header=header, footer=footer, margin=margin, **kwargs
        )

    document.build(flowables, canvasmaker=canvas_maker)
    return buffer.getvalue()


def new_canvas(title, *, landscape=False):
    """Return (canvas, buffer) for a form drawn by coordinates on A4.

    Call ``canvas.save()``, then ``buffer.getvalue()``.
    """
    register_fonts()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=as_landscape(A4) if landscape else A4)
    canvas.setTitle(title)
    return canvas, buffer


def text_width(text, size, font=FONT):
    """Return the width of a line of text in points."""
    register_fonts()
    return pdfmetrics.stringWidth(text, font, size)


def fit_lines(text, width, *, size, min_size, max_lines=1, font=FONT):
    """Fit text into lines of a width: shrink it, wrap it, at last cut it.

    :return: (lines, font size); a cut text ends with an ellipsis
    """
    pieces = [
        (" " if index == 0 else "", piece)
        for word in text.split()
        for index, piece in enumerate(re.split(r"(?<=-)(?=.)", word))
    ]
    current = size
    while current >= min_size:
        lines = _wrap(pieces, width, current, font)
        if lines is not None and len(lines) <= max_lines:
            return lines, current
        current -= 0.5
    lines = _wrap(pieces, width, min_size, font, force=True)
    if len(lines) > max_lines:
        lines = [*lines[: max_lines - 1], " ".join(lines[max_lines - 1 :])]
    return [_cut(line, width, min_size, font) for line in lines], min_size


def draw_lines(canvas, lines, x, y, *, size, font=FONT, leading=1.2):
    """Draw lines downwards from the baseline y; return the next baseline."""
    canvas.setFont(font, size)
    for line in lines:
        canvas.drawString(x, y, line)
        y -= size * leading
    return y


class NumberedCanvas(Canvas):
    """A canvas that knows the number of pages when it draws their frames."""

    def __init__(self, *args, header="", footer="", margin=MARGIN, **kwargs):
        super().__init__(*args, **kwargs)
        self._frame = (header, footer, margin)
        self._pages = []

    def showPage(self):  # noqa: N802 - name of reportlab's hook
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self):
        pages = self._pages
        for number, page in enumerate(pages, 1):
            self.__dict__.update(page)
            self._draw_frame(number, len(pages))
            super().showPage()
        super().save()

    def _draw_frame(self, number, count):
        header, footer, margin = self._frame
        width, height = self._pagesize
        self.setFillColor(GREY)
        self.setFont(FONT, 7)
        if header:
            self.drawString(margin, height - margin, header)
        if footer:
            self.drawString(margin, margin - 2 * mm, footer)
        self.drawRightString(width - margin, margin - 2 * mm, f"{number} / {count}")


def _wrap(pieces, width, size, font, force=False):
    """Lines of pieces, or None when one piece alone is wider than the line.

    A piece is (glue to the one before, text): words break at hyphens too.
    """
    lines = []
    for glue, piece in pieces:
        if not force and text_width(piece, size, font) > width:
            return None
        longer = f"{lines[-1]}{glue}{piece}" if lines else piece
        if lines and text_width(longer, size, font) <= width:
            lines[-1] = longer
        else:
            lines.append(piece)
    return lines


def _cut(line, width, size, font):
    if text_width(line, size, font) <= width:
        return line
    while line and text_width(line + "…", size, font) > width:
        line = line[:-1]
    return line.rstrip() + "…"
