"""Cells of the published workbooks: exact values in, exact values out.

Text stays text (also when it looks like a formula), numbers are numbers, dates dates.
"""

import io
import re
import zipfile
from datetime import date, datetime

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, Side

MAX_BYTES = 10_000_000
DATE_FORMAT = "dd.mm.yyyy"
TEXT_FORMAT = "@"
THIN = Border(*(Side("thin") for _side in range(4)))
HEAD = {"font": Font(bold=True), "alignment": Alignment("center", wrap_text=True)}
_SPACES = re.compile(r"\s+")


class SheetError(ValueError):
    """The file is not such a workbook; `code` says why."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def clean(value):
    """Return text without what a cell cannot hold, on one line.

    >>> clean(" Каша\\n манная\\x00 "), clean(None), clean(120.0), clean(54)
    ('Каша манная', '', '120', '54')
    """
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    return _SPACES.sub(" ", text).strip()


def same_text(value):
    """Return what two spellings of a name have in common.

    >>> same_text("Чай  Зелёный.") == same_text("чай зеленый")
    True
    """
    return clean(value).casefold().replace("ё", "е").rstrip(".")


def put(sheet, place, value, number_format=None, **style):
    """Write a cell; text never becomes a formula or an error."""
    cell = sheet[place]
    if isinstance(value, str):
        value = clean(value)
        cell.value = value or None
        if value:
            cell.data_type = "s"
    else:
        cell.value = value
    if number_format:
        cell.number_format = number_format
    for name, part in style.items():
        setattr(cell, name, part)
    return cell


def to_number(value):
    """Return a number of a cell, None for an empty one.

    >>> to_number("12,50"), to_number(" 1 250.5 "), to_number(None), to_number("-")
    (12.5, 1250.5, None, None)
    >>> to_number("200/5")
    Traceback (most recent call last):
    ValueError: not a number: '200/5'
    """
    if value is None or value == "" or isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    text = re.sub(r"[\s\u00a0]", "", str(value)).replace(",", ".")
    if text in ("", "-", "–", "—"):
        return None
    if not re.fullmatch(r"-?\d{1,9}(\.\d{1,9})?", text):
        raise ValueError(f"not a number: {str(value)[:40]!r}")
    return float(text)


def to_date(value):
    """Return the date of a cell that holds one, or text such as 01.09.2026.

    >>> to_date("01.09.2026"), to_date(datetime(2026, 9, 1)), to_date("soon")
    (datetime.date(2026, 9, 1), datetime.date(2026, 9, 1), None)
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    match = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", clean(value))
    try:
        return match and date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


def save(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def load(data):
    """Return the first sheet of a workbook's bytes.

    :raise SheetError: not an .xlsx file, or far too large
    """
    if len(data) > MAX_BYTES:
        raise SheetError("too_large")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(item.file_size for item in archive.infolist()) > 20 * MAX_BYTES:
                raise SheetError("too_large")
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        return book.worksheets[0]
    except SheetError:
        raise
    except Exception as error:  # any broken archive or XML: the library raises freely
        raise SheetError("not_xlsx") from error


def find_header(sheet, names):
    """Return (row, {name: column}) of the row that has these headers.

    :raise SheetError: no row of the first 25 has them all
    """
    wanted = {same_text(name): name for name in names}
    for row in sheet.iter_rows(min_row=1, max_row=25):
        found = {}
        for cell in row:
            name = wanted.get(same_text(cell.value))
            if name:
                found.setdefault(name, cell.column)
        if len(found) == len(names):
            return row[0].row, found
    raise SheetError("no_header")
