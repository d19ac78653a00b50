"""The auditor's pack as a PDF: contents with page numbers, bookmarks, by child."""

import io
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    KeepTogether,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.tableofcontents import TableOfContents

from odoo.addons.school_meal_base.report import pdf

from .pack_blocks import Facts, Grid, Text

WIDTH = A4[0] - 2 * pdf.MARGIN
LABELS = 0.28
#: Cells of a dense table: one line, cut to its column.
DENSE_SIZE = 6.5


class Heading(Paragraph):
    """A paragraph that is an entry of the contents and a bookmark."""

    def __init__(self, text, style, level, key):
        super().__init__(escape(text), style)
        self.entry = level, text, key


class Document(SimpleDocTemplate):
    def afterFlowable(self, flowable):  # noqa: N802 - name of reportlab's hook
        if not isinstance(flowable, Heading):
            return
        level, text, key = flowable.entry
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(text, key, level, closed=level > 0)
        self.notify("TOCEntry", (level, text, self.page, key))


def render(cover, children, *, title, header, footer, contents):
    """Return the bytes of the PDF.

    :param cover: Facts of the pack
    :param children: list of Child
    :param contents: the word above the table of contents
    """
    pdf.register_fonts()
    styles = _styles()
    toc = TableOfContents()
    toc.levelStyles = [styles["toc0"], styles["toc1"]]
    toc.dotsMinLevel = 0
    story = [
        pdf.paragraph(title, "title"),
        *_facts(cover),
        pdf.paragraph(contents, "heading"),
        toc,
    ]
    for at, child in enumerate(children, 1):
        story.append(PageBreak())
        story.append(Heading(f"{at}. {child.name}", styles["child"], 0, f"child-{at}"))
        story += _facts(Facts(child.facts))
        for number, section in enumerate(child.sections, 1):
            heading = Heading(
                f"{at}.{number}. {section.title}",
                styles["section"],
                1,
                f"child-{at}-{number}",
            )
            blocks = [each for block in section.blocks for each in _draw(block)]
            story.append(KeepTogether([heading, *blocks[:1]]))
            story += blocks[1:]
    return _build(story, title, header, footer)


def _build(story, title, header, footer):
    buffer = io.BytesIO()
    document = Document(
        buffer,
        pagesize=A4,
        leftMargin=pdf.MARGIN,
        rightMargin=pdf.MARGIN,
        topMargin=pdf.MARGIN + 5 * mm,
        bottomMargin=pdf.MARGIN + 5 * mm,
        title=title,
    )

    def canvas_maker(*args, **options):
        canvas = pdf.NumberedCanvas(*args, header=header, footer=footer, **options)
        canvas.showOutline()
        return canvas

    document.multiBuild(story, canvasmaker=canvas_maker)
    return buffer.getvalue()


def _styles():
    def style(name, size, font=pdf.FONT, **options):
        return ParagraphStyle(
            name, fontName=font, fontSize=size, leading=size * 1.3, **options
        )

    return {
        "child": style("child", 13, pdf.FONT_BOLD, spaceAfter=4),
        "section": style("section", 10, pdf.FONT_BOLD, spaceBefore=8, spaceAfter=3),
        "toc0": style("toc0", 9, pdf.FONT_BOLD, spaceBefore=4),
        "toc1": style("toc1", 8, leftIndent=12),
    }


def _draw(block):
    if isinstance(block, Text):
        return [pdf.paragraph(block.text, block.style)]
    if isinstance(block, Facts):
        return _facts(block)
    title = [pdf.paragraph(block.title, "cell_bold")] if block.title else []
    draw = _dense if block.dense else _grid
    return [Spacer(1, 3), *title, draw(block), Spacer(1, 4)]


def _facts(facts):
    rows = [
        [pdf.paragraph(label, "cell_bold"), pdf.paragraph(value, "cell")]
        for label, value in facts.pairs
        if value not in ("", None)
    ]
    if not rows:
        return []
    style = TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 1),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ]
    )
    return [Table(rows, [WIDTH * LABELS, WIDTH * (1 - LABELS)], style=style)]


def _widths(grid):
    whole = sum(grid.widths)
    return [WIDTH * share / whole for share in grid.widths]


def _grid(grid: Grid):
    return pdf.table([grid.head, *grid.rows], _widths(grid), aligns=grid.aligns)


def _dense(grid: Grid):
    """Draw many short cells: a paragraph in each would take minutes for a year."""
    widths = _widths(grid)
    head = [pdf.paragraph(text, "cell_head") for text in grid.head]
    rows = [
        [_cut(str(cell), width - 4) for cell, width in zip(row, widths, strict=True)]
        for row in grid.rows
    ]
    commands = [
        ("GRID", (0, 0), (-1, -1), 0.3, pdf.LINE),
        ("BACKGROUND", (0, 0), (-1, 0), pdf.HEAD),
        ("FONT", (0, 1), (-1, -1), pdf.FONT, DENSE_SIZE, DENSE_SIZE * 1.15),
        ("TOPPADDING", (0, 1), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 1), (-1, -1), 1.5),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
    for column, letter in enumerate(grid.aligns):
        if letter == "r":
            commands.append(("ALIGN", (column, 1), (column, -1), "RIGHT"))
    return Table([head, *rows], widths, repeatRows=1, style=TableStyle(commands))


def _cut(text, width):
    """Return the text in as many lines as it needs, each within the width."""
    if pdf.text_width(text, DENSE_SIZE) <= width:
        return text
    lines, _size = pdf.fit_lines(
        text, width, size=DENSE_SIZE, min_size=DENSE_SIZE, max_lines=3
    )
    return "\n".join(lines)
