"""The attendance register of a class and month as a workbook."""

import io

import xlsxwriter

OFF = "#E8E8E8"


def render(content, labels):
    """Return the bytes of the XLSX, with the arguments of ``register_pdf.render``."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet(f"{content['month']:%m.%Y}")
        _write(book, sheet, content, labels)
    return buffer.getvalue()


def _write(book, sheet, content, labels):
    bold = book.add_format({"bold": True})
    head = book.add_format(
        {"bold": True, "border": 1, "align": "center", "text_wrap": True}
    )
    cell = book.add_format({"border": 1, "align": "center"})
    off = book.add_format({"border": 1, "align": "center", "bg_color": OFF})
    name = book.add_format({"border": 1})
    days = content["days"]
    title = f"{labels['title']}, {content['class']}, {content['month']:%m.%Y}"
    sheet.write_string(0, 0, title, bold)
    sheet.write_string(1, 0, content["school"])
    sheet.write_row(3, 0, [labels["number"], labels["name"]], head)
    sheet.write_row(3, 2, [day.day for day, __ in days], head)
    ends = [labels[key] for key in ("missed", "ill", "unexcused", "late")]
    sheet.write_row(3, 2 + len(days), ends, head)
    for index, row in enumerate(content["rows"]):
        line = 4 + index
        sheet.write_number(line, 0, index + 1, cell)
        # write_string: a name that begins with "=" must not become a formula
        sheet.write_string(line, 1, row["name"], name)
        for column, (day, is_taught) in enumerate(days, 2):
            mark = row["marks"].get(day, "")
            sheet.write_string(line, column, mark, cell if is_taught else off)
        sheet.write_row(line, 2 + len(days), row["totals"], cell)
    end = 4 + len(content["rows"])
    sheet.write_string(end, 1, labels["absent"], head)
    for column, (day, __) in enumerate(days, 2):
        count = content["sums"].get(day)
        sheet.write(end, column, "" if count is None else count, head)
    sheet.write_string(end + 2, 0, labels["legend"])
    sheet.set_column(0, 0, 5)
    sheet.set_column(1, 1, 34)
    sheet.set_column(2, 1 + len(days), 3.2)
    sheet.set_column(2 + len(days), 5 + len(days), 11)
    sheet.freeze_panes(4, 2)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
