"""Timesheets on A4 landscape, drawn by coordinates: a table of reportlab with 1,500
cells takes a second, this takes a few hundredths."""

from reportlab.lib import colors
from reportlab.lib.units import mm

from odoo.addons.school_meal_base.domain.money import format_rubles
from odoo.addons.school_meal_base.report import pdf

from .timesheet_layout import (
    BLOCK,
    DAY,
    MONEY,
    STUDENT,
    TALL,
    TEXT,
    lay_out,
    sum_rows,
)

MARGIN = 8 * mm
WIDTH, HEIGHT = 297 * mm, 210 * mm
TOP, BOTTOM = HEIGHT - MARGIN, MARGIN + 10
#: The smallest letters that are read on paper without effort.
SIZE, MIN_SIZE = 7, 6.5
LINE_HEIGHT = 8
ROW_HEIGHT = 10.5
TALL_HEIGHT = 46
TABLE_HEAD = 36
PADDING = 2
#: Rows that stay together with the totals and signatures on the last page.
KEPT_ROWS = 3
GREY = colors.HexColor("#E8E8E8")
UNKNOWN = colors.HexColor("#FDE9B8")


def render(sheets, title):
    """Return the bytes of one PDF.

    :param sheets: (content, signature) of each timesheet, see :func:`lay_out`
    """
    canvas, buffer = pdf.new_canvas(title, landscape=True)
    for content, signature in sheets:
        _Sheet(canvas, lay_out(content, signature)).draw()
    if not sheets:
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


class _Sheet:
    """One timesheet on as many pages as it needs."""

    def __init__(self, canvas, layout):
        self.canvas = canvas
        self.layout = layout
        self.columns = layout.columns
        self.lefts = [MARGIN]
        for column in self.columns:
            self.lefts.append(self.lefts[-1] + column.width * mm)
        self.right = self.lefts[-1]
        self.note_lines = [
            line
            for note in layout.notes
            for line in self._wrap(note, self.right - MARGIN)
        ]

    # === PAGES === #

    def draw(self):
        rows = [(row, *self._measure(row)) for row in self.layout.rows]
        pages = self._paginate(rows)
        for number, page in enumerate(pages, 1):
            self.canvas.setLineWidth(0.4)  # a new page begins with the usual width
            self._draw_page(page, number, len(pages))

    def _paginate(self, rows):
        """Split measured rows into pages; the last one has room for the end."""
        end = self._end_height()
        pages, page = [], []
        room = TOP - BOTTOM - self._head_height() - TABLE_HEAD
        for index, item in enumerate(rows):
            left = sum(each[1] for each in rows[index:])
            used = sum(each[1] for each in page)
            is_last_page = used + left + end <= room
            if page and not is_last_page and used + item[1] + ROW_HEIGHT > room:
                carried = self._carry(page)
                pages.append(page)
                page, room = carried, TOP - BOTTOM - TABLE_HEAD - 12
            page.append(item)
        if page and sum(each[1] for each in page) + end > room:
            # the end does not fit below its last rows: they move over together
            kept = page[-KEPT_ROWS:] if len(page) > KEPT_ROWS else []
            pages.append(page[: len(page) - len(kept)])
            page = kept
        return [*pages, page]

    @staticmethod
    def _carry(page):
        """Take the title of a block over to the page on which its rows are."""
        return [page.pop()] if page[-1][0].kind == BLOCK and len(page) > 1 else []

    def _draw_page(self, page, number, count):
        y = TOP
        if number == 1:
            y = self._draw_head(y)
        else:
            y = self._draw_running_head(y)
        y = self._draw_table_head(y)
        for row, height, lines in page:
            y = self._draw_row(row, y, height, lines)
        if not self.layout.rows:
            y = self._draw_empty(y)
        if count > 1:
            students = [row for row, _h, _l in page if row.kind == STUDENT]
            y = self._draw_total(sum_rows("Итого по листу", students, self.columns), y)
        if number == count:
            self._draw_end(y)
        self._draw_footer(number, count)
        self.canvas.showPage()

    # === HEAD === #

    def _head_height(self):
        lines = sum(len(self._wrap_field(value)) for _l, value in self.layout.fields)
        return 30 + 12 * lines + (10 if self.layout.draft else 0)

    @staticmethod
    def _wrap_field(value):
        return pdf.fit_lines(value, 166 * mm, size=8, min_size=8, max_lines=2)[0]

    def _draw_head(self, top):
        layout, canvas = self.layout, self.canvas
        middle = (MARGIN + self.right) / 2
        canvas.setFont(pdf.FONT_BOLD, 12)
        canvas.drawCentredString(middle, top - 12, layout.title)
        canvas.setFont(pdf.FONT, 9)
        canvas.drawCentredString(middle, top - 24, layout.period)
        y = top - 36
        for label, value in layout.fields:
            canvas.setFont(pdf.FONT, 8)
            canvas.drawString(MARGIN, y, label)
            for line in self._wrap_field(value):
                canvas.drawString(MARGIN + 45 * mm, y, line)
                canvas.line(MARGIN + 45 * mm, y - 2, MARGIN + 212 * mm, y - 2)
                y -= 12
        self._draw_codes(top)
        if layout.draft:
            canvas.setFont(pdf.FONT_BOLD, 8)
            canvas.drawString(MARGIN, y + 2, layout.draft)
        return top - self._head_height()

    def _draw_codes(self, top):
        codes = [("", "КОДЫ"), ("Дата", ""), ("по ОКПО", "")]
        if self.layout.okud:
            codes.insert(1, ("Форма по ОКУД", self.layout.okud))
        left, height = self.right - 22 * mm, 13
        for index, (label, code) in enumerate(codes):
            y = top - 4 - (index + 1) * height
            self.canvas.setFont(pdf.FONT, 7)
            self.canvas.drawRightString(left - 4, y + 4, label)
            self.canvas.rect(left, y, 22 * mm, height)
            self.canvas.drawCentredString(left + 11 * mm, y + 4, code)

    def _draw_running_head(self, top):
        layout = self.layout
        self.canvas.setFont(pdf.FONT, SIZE)
        text = f"{layout.title}, {layout.class_name} класс, {layout.period}"
        self.canvas.drawString(MARGIN, top - 7, f"{text} {layout.draft}")
        return top - 12

    def _draw_table_head(self, top):
        canvas, bottom = self.canvas, top - TABLE_HEAD
        days = [n for n, column in enumerate(self.columns) if column.kind == DAY]
        groups = [(days[0], days[-1] + 1, "Дни месяца")]
        if self.layout.okud:
            after = days[-1] + 1
            groups.append((after, after + 2, "Пропущено дней"))
        low = {n for first, last, _title in groups for n in range(first, last)}
        for first, last, title in groups:
            box = self.lefts[first], self.lefts[last]
            self._box(*box, top, 11)
            canvas.setFont(pdf.FONT, MIN_SIZE)
            canvas.drawCentredString(sum(box) / 2, top - 8, title)
        for index, column in enumerate(self.columns):
            upper = top - 11 if index in low else top
            self._shade(index, upper, upper - bottom)
            self._box(self.lefts[index], self.lefts[index + 1], upper, upper - bottom)
            breakable = column.title.replace("\u00ad", "- ")
            self._draw_title(index, breakable, upper, bottom)
        return bottom

    def _draw_title(self, index, title, top, bottom):
        left, right = self.lefts[index], self.lefts[index + 1]
        lines = self._wrap(title, right - left - 2)
        lines = lines[: int((top - bottom) / 7.2)]
        y = (top + bottom) / 2 + len(lines) * 3.6 - 5.6
        self.canvas.setFont(pdf.FONT, MIN_SIZE)
        for line in lines:
            self.canvas.drawCentredString((left + right) / 2, y, line)
            y -= 7.2

    # === ROWS === #

    def _measure(self, row):
        """Return (height, {column: lines}) of a row: text cells wrap."""
        if row.kind == BLOCK:
            return ROW_HEIGHT, {}
        wrapped = {}
        for index, column in enumerate(self.columns):
            value = row.cells[index]
            if value and column.kind == TEXT:
                wrapped[index] = self._wrap(value, column.width * mm - 2 * PADDING)
            elif isinstance(value, str) and column.kind == DAY and len(value) > 2:
                wrapped[index] = [value[n : n + 2] for n in range(0, len(value), 2)]
        count = max((len(lines) for lines in wrapped.values()), default=1)
        return max(ROW_HEIGHT, count * LINE_HEIGHT + 2.5), wrapped

    def _wrap(self, text, width):
        return pdf.fit_lines(
            text, width, size=MIN_SIZE, min_size=MIN_SIZE, max_lines=9
        )[0]

    def _draw_row(self, row, top, height, wrapped):
        if row.kind == BLOCK:
            self._box(MARGIN, self.right, top, height)
            self.canvas.setFont(pdf.FONT_BOLD, SIZE)
            self.canvas.drawString(MARGIN + PADDING, top - 8, row.cells[0])
            return top - height
        font = pdf.FONT if row.kind == STUDENT else pdf.FONT_BOLD
        for index, column in enumerate(self.columns):
            self._shade(index, top, height)
            self._box(self.lefts[index], self.lefts[index + 1], top, height)
            if row.cells[index] is None or row.cells[index] == "":
                continue
            lines = wrapped.get(index) or [_text(row.cells[index], column)]
            self._draw_cell(index, lines, top, height, font, column.kind)
        return top - height

    def _draw_cell(self, index, lines, top, height, font, kind):
        left, right = self.lefts[index], self.lefts[index + 1]
        # a sum that is too wide for its column is rather narrow than cut
        widest = max(pdf.text_width(line, MIN_SIZE, font) for line in lines)
        squeeze = min(1, (right - left - 2) / widest) if kind != TEXT else 1
        y = (top + top - height) / 2 + len(lines) * LINE_HEIGHT / 2 - 6.4
        for line in lines:
            text = self.canvas.beginText()
            text.setFont(font, MIN_SIZE)
            text.setHorizScale(100 * squeeze)
            width = pdf.text_width(line, MIN_SIZE, font) * squeeze
            x = {
                TEXT: left + PADDING,
                MONEY: right - 1.5 - width,
            }.get(kind, (left + right - width) / 2)
            text.setTextOrigin(x, y)
            text.textOut(line)
            self.canvas.drawText(text)
            y -= LINE_HEIGHT

    def _draw_total(self, row, top):
        height, wrapped = self._measure(row)
        return self._draw_row(row, top, height, wrapped)

    def _draw_tall(self, row, top):
        """Draw a row whose days are written upwards: sums do not fit otherwise."""
        canvas = self.canvas
        for index, column in enumerate(self.columns):
            left, right = self.lefts[index], self.lefts[index + 1]
            self._shade(index, top, TALL_HEIGHT)
            self._box(left, right, top, TALL_HEIGHT)
            value = row.cells[index]
            if value is None:
                continue
            if column.kind != DAY:
                lines = self._wrap(value, right - left - 2 * PADDING)
                self._draw_cell(index, lines, top, TALL_HEIGHT, pdf.FONT_BOLD, TEXT)
                continue
            canvas.saveState()
            canvas.translate((left + right) / 2 + 2.4, top - TALL_HEIGHT + 2)
            canvas.rotate(90)
            canvas.setFont(pdf.FONT_BOLD, MIN_SIZE)
            canvas.drawString(0, 0, format_rubles(value))
            canvas.restoreState()
        return top - TALL_HEIGHT

    def _draw_empty(self, top):
        self._box(MARGIN, self.right, top, 2 * ROW_HEIGHT)
        self.canvas.setFont(pdf.FONT, SIZE)
        self.canvas.drawCentredString(
            (MARGIN + self.right) / 2, top - 13, "В этом месяце в классе нет учащихся"
        )
        return top - 2 * ROW_HEIGHT

    # === END === #

    def _end_height(self):
        totals = sum(
            TALL_HEIGHT if row.kind == TALL else self._measure(row)[0]
            for row in self.layout.totals
        )
        text = len(self.note_lines) * LINE_HEIGHT + 20 * len(self.layout.signatures)
        return totals + text + 8 + ROW_HEIGHT + (16 if self.layout.signed else 0)

    def _draw_end(self, y):
        canvas = self.canvas
        for row in self.layout.totals:
            draw = self._draw_tall if row.kind == TALL else self._draw_total
            y = draw(row, y)
        y -= 9
        y = pdf.draw_lines(
            canvas, self.note_lines, MARGIN, y, size=MIN_SIZE,
            leading=LINE_HEIGHT / MIN_SIZE,
        )  # fmt: skip
        for post, name in self.layout.signatures:
            y = self._draw_signature(post, name, y)
        if self.layout.signed:
            canvas.setFont(pdf.FONT, MIN_SIZE)
            canvas.drawString(MARGIN, y - 7, self.layout.signed)

    def _draw_signature(self, post, name, y):
        canvas = self.canvas
        y -= 8
        canvas.setFont(pdf.FONT, SIZE)
        canvas.drawString(MARGIN, y, post)
        sign, full = MARGIN + 72 * mm, MARGIN + 125 * mm
        canvas.line(sign, y - 2, sign + 48 * mm, y - 2)
        canvas.line(full, y - 2, full + 70 * mm, y - 2)
        lines, size = pdf.fit_lines(name, 70 * mm, size=SIZE, min_size=MIN_SIZE)
        pdf.draw_lines(canvas, lines[:1], full + 2, y, size=size)
        canvas.drawString(MARGIN + 205 * mm, y, "«____» ______________ 20___ г.")
        canvas.setFont(pdf.FONT, MIN_SIZE)
        canvas.drawCentredString(sign + 24 * mm, y - 8.5, "(подпись)")
        canvas.drawCentredString(full + 35 * mm, y - 8.5, "(расшифровка подписи)")
        return y - 12

    def _draw_footer(self, number, count):
        self.canvas.setFont(pdf.FONT, MIN_SIZE)
        self.canvas.drawRightString(self.right, MARGIN, f"Лист {number} из {count}")

    # === LINES === #

    def _box(self, left, right, top, height):
        self.canvas.rect(left, top - height, right - left, height)

    def _shade(self, index, top, height):
        column = self.columns[index]
        if not (column.is_off or column.is_unknown):
            return
        self.canvas.saveState()
        self.canvas.setFillColor(UNKNOWN if column.is_unknown else GREY)
        left, right = self.lefts[index], self.lefts[index + 1]
        self.canvas.rect(left, top - height, right - left, height, stroke=0, fill=1)
        self.canvas.restoreState()


def _text(value, column):
    if column.kind == MONEY and isinstance(value, int):
        return format_rubles(value)
    return str(value)
