"""Timesheets as workbooks, for those who go on calculating; printed on A4 landscape."""

import io
import zipfile

import xlsxwriter

from .timesheet_layout import BLOCK, DAY, MONEY, NUMBER, STUDENT, TALL, lay_out

#: Width of a column of a workbook in millimetres of the printed form.
MM_PER_CHARACTER = 1.9


def render(content, signature):
    """Return the bytes of the XLSX of one timesheet, see :func:`lay_out`."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        layout = lay_out(content, signature)
        sheet = book.add_worksheet(f"{layout.month:%m.%Y}")
        _Writer(book, sheet, layout).write()
    return buffer.getvalue()


def render_zip(named_sheets):
    """Return the bytes of a ZIP of workbooks.

    :param named_sheets: (file name, content, signature) of each
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, signature in named_sheets:
            archive.writestr(name, render(content, signature))
    return buffer.getvalue()


class _Writer:
    """Writes one sheet; `row` is the next free one."""

    def __init__(self, book, sheet, layout):
        self.book, self.sheet, self.layout = book, sheet, layout
        self.row = 0
        self.formats = {}

    def write(self):
        layout, sheet = self.layout, self.sheet
        for index, column in enumerate(layout.columns):
            width = max(column.width / MM_PER_CHARACTER, 2.6)
            sheet.set_column(index, index, width)
        self._write_head()
        head = self.row
        for index, column in enumerate(layout.columns):
            is_day = column.kind == DAY
            title = int(column.title) if is_day else column.title.replace("\u00ad", "")
            style = self._format(
                bold=True, text_wrap=True, align="center", border=1, valign="vcenter",
                **self._fill(column),
            )  # fmt: skip
            sheet.write(head, index, title, style)
        sheet.set_row(head, 48)
        self.row += 1
        for row in [*layout.rows, *layout.totals]:
            self._write_row(row)
        self._write_end()
        self._set_up_print(head)

    def _write_head(self):
        layout, bold = self.layout, self._format(bold=True, font_size=12)
        self._line(layout.title, bold)
        self._line(layout.period, self._format(bold=True))
        first_day = self._format(num_format="dd.mm.yyyy", align="left")
        self.sheet.write_string(self.row, 0, "Месяц с")
        self.sheet.write_datetime(self.row, 1, layout.month, first_day)
        self.row += 1
        fields = list(layout.fields)
        if layout.okud:
            fields.insert(0, ("Форма по ОКУД", layout.okud))
        for label, value in fields:
            self._line(f"{label}: {value}")
        if layout.draft:
            self._line(layout.draft, self._format(bold=True))
        self.row += 1

    def _write_row(self, row):
        if row.kind == BLOCK:
            self._line(row.cells[0], self._format(bold=True))
            return
        for index, column in enumerate(self.layout.columns):
            style = {"border": 1, "bold": row.kind != STUDENT, **self._fill(column)}
            value = row.cells[index]
            if column.kind in (DAY, NUMBER):
                style["align"] = "center"
            if value is None or value == "":
                self.sheet.write_blank(self.row, index, None, self._format(**style))
            elif isinstance(value, int) and (column.kind == MONEY or row.kind == TALL):
                style["num_format"] = "#,##0.00"
                style = self._format(**style)
                self.sheet.write_number(self.row, index, value / 100, style)
            elif isinstance(value, int):
                self.sheet.write_number(self.row, index, value, self._format(**style))
            else:
                # write_string: a name that begins with "=" must not become a formula
                style.update(text_wrap=column.kind != DAY)
                self.sheet.write_string(self.row, index, value, self._format(**style))
        self.row += 1

    def _write_end(self):
        self.row += 1
        for note in self.layout.notes:
            self._line(note)
        self.row += 1
        for post, name in self.layout.signatures:
            self._line(f"{post} ____________________ {name}")
        if self.layout.signed:
            self._line(self.layout.signed)

    def _set_up_print(self, head):
        sheet = self.sheet
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.3, right=0.3, top=0.3, bottom=0.4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        sheet.freeze_panes(head + 1, 2)
        sheet.set_footer("&RЛист &P из &N")

    def _line(self, text, style=None):
        self.sheet.write_string(self.row, 0, text, style)
        self.row += 1

    def _fill(self, column):
        if column.is_unknown:
            return {"bg_color": "#FDE9B8"}
        return {"bg_color": "#E8E8E8"} if column.is_off else {}

    def _format(self, **properties):
        """One format of the book per look, however many cells have it."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(properties)
        return self.formats[key]
