"""Read a school's list of students as a table, whatever program wrote it.

XLSX and CSV (UTF-8 with or without a mark, UTF-16 with a mark, cp1251;
``;``, ``,`` or tab). Nothing here knows about Odoo or about students: the
meaning of columns is in :mod:`roster_fields`.
"""

import csv
import datetime
import io
import itertools
import zipfile
from dataclasses import dataclass

MAX_BYTES = 25 * 1024 * 1024
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 80
HEADER_SEARCH_ROWS = 25
DELIMITERS = ";\t,"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class TableError(ValueError):
    """The file as a whole cannot be read.

    ``code`` is one of: empty, too_large, old_excel, broken_excel,
    too_many_rows, no_header, encoding.
    """

    def __init__(self, code, **details):
        super().__init__(code)
        self.code = code
        self.details = details


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows below it.

    ``rows`` is a list of ``(number, cells)``; ``number`` is the row's number
    as a spreadsheet shows it, ``cells`` has exactly ``len(headers)`` values.
    """

    headers: list
    rows: list
    header_number: int = 1


def read_table(data, is_header):
    """Read ``data`` (bytes of an XLSX or CSV file).

    :param is_header: function of a list of texts, gives how many of them look
        like names of known columns; titles above the header are skipped by it.
    :raises TableError: with a code that says why.

    >>> data = "Список 5А;\\nФИО;Класс\\nИванов Иван;5А\\n;\\n".encode("cp1251")
    >>> table = read_table(data, lambda texts: len({"ФИО", "Класс"} & set(texts)))
    >>> table.headers, table.header_number
    (['ФИО', 'Класс'], 2)
    >>> table.rows
    [(3, ['Иванов Иван', '5А'])]
    >>> read_table(b"", len)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ...
    TableError: empty
    """
    if not data or not data.strip():
        raise TableError("empty")
    if len(data) > MAX_BYTES:
        raise TableError("too_large", megabytes=MAX_BYTES // 1024 // 1024)
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise TableError("old_excel")
    rows = _read_xlsx(data) if data[:2] == b"PK" else _read_csv(data)
    return _to_table(rows, is_header)


def _to_table(rows, is_header):
    rows = iter(rows)
    head = list(itertools.islice(rows, HEADER_SEARCH_ROWS))
    index = _find_header(head, is_header)
    headers = [text_of(cell) for cell in head[index]]
    while headers and not headers[-1]:
        headers.pop()
    headers = headers[:MAX_COLUMNS]
    width = len(headers)
    result = []
    below = itertools.chain(head[index + 1 :], rows)
    for number, cells in enumerate(below, start=index + 2):
        if number > MAX_ROWS + index + 1:
            raise TableError("too_many_rows", limit=MAX_ROWS)
        cells = [_clean(cell) for cell in cells[:width]]
        if any(cell not in (None, "") for cell in cells):
            cells.extend([None] * (width - len(cells)))
            result.append((number, cells))
    return Table(headers, result, index + 1)


def _find_header(head, is_header):
    """Index of the first row with the most known column names (two at least)."""
    scores = [is_header([text_of(cell) for cell in cells]) for cells in head]
    best = max(scores, default=0)
    if best < 2:
        raise TableError("no_header")
    return scores.index(best)


def _read_xlsx(data):
    import openpyxl  # heavy: only when a spreadsheet really came

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(i.file_size for i in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise TableError("too_large", megabytes=MAX_BYTES // 1024 // 1024)
        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=True, keep_links=False
        )
    except TableError:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise TableError("broken_excel") from error
    try:
        sheet = next(
            (s for s in book.worksheets if s.sheet_state == "visible"), None
        ) or (book.worksheets and book.worksheets[0])
        if not sheet:
            raise TableError("empty")
        sheet.reset_dimensions()  # writers often lie about them
        try:
            for cells in sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True):
                yield list(cells)
        except TableError:
            raise
        except Exception as error:
            raise TableError("broken_excel") from error
    finally:
        book.close()


def _read_csv(data):
    text = decode(data)
    delimiter = detect_delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from reader
    except csv.Error as error:
        raise TableError("encoding") from error


def decode(data):
    """Text of CSV bytes.

    >>> decode("Пётр".encode("cp1251")), decode("Пётр".encode("utf-8-sig"))
    ('Пётр', 'Пётр')
    >>> decode("Пётр".encode("utf-16"))
    'Пётр'
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1251")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise TableError("encoding")


def detect_delimiter(text):
    """The delimiter that splits the first lines most evenly.

    >>> detect_delimiter('a;b,c;d\\n1;"x;y";2\\n')
    ';'
    >>> detect_delimiter("a,b\\n1,2")
    ','
    >>> detect_delimiter("a\\tb, c\\n1\\t2")
    '\\t'
    """
    lines = [line for line in text.splitlines()[:HEADER_SEARCH_ROWS] if line.strip()]

    def score(delimiter):
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        usual = max(widths, key=widths.count, default=0)
        return (usual > 1, widths.count(usual) * (usual - 1))

    return max(DELIMITERS, key=score)


def text_of(cell):
    """A cell as one line of text.

    >>> text_of(" Иванов \\n Иван\\u00a0"), text_of(5.0), text_of(None)
    ('Иванов Иван', '5', '')
    >>> text_of(datetime.datetime(2015, 9, 1))
    '01.09.2015'
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, datetime.date):
        return cell.strftime("%d.%m.%Y")
    return " ".join(str(cell).split())


def _clean(cell):
    """Undo the guard that :func:`write_csv` puts before formula-like texts.

    >>> _clean("'=1+1"), _clean("'тест"), _clean(7)
    ('=1+1', "'тест", 7)
    """
    if isinstance(cell, str):
        cell = cell.strip()
        if len(cell) > 1 and cell[0] == "'" and cell[1] in FORMULA_STARTS:
            return cell[1:]
    return cell


def write_csv(headers, rows):
    """UTF-8 CSV with a mark and ``;``, as Russian Excel opens it.

    A text that a spreadsheet would take for a formula is written after an
    apostrophe; :func:`read_table` takes the apostrophe off.

    >>> write_csv(["Имя"], [["=cmd"], ["Пётр"]]).decode("utf-8-sig").split()
    ['Имя', "'=cmd", 'Пётр']
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(headers)
    for cells in rows:
        writer.writerow([_guard(text_of(cell)) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def _guard(text):
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_xlsx(headers, rows, widths=()):
    """XLSX with one sheet; texts stay texts, dates are dates.

    >>> row = ["00100100198", datetime.date(2015, 9, 1)]
    >>> data = write_xlsx(["СНИЛС", "Дата"], [row])
    >>> read_table(data, len).rows
    [(2, ['00100100198', datetime.datetime(2015, 9, 1, 0, 0)])]
    """
    import xlsxwriter

    out = io.BytesIO()
    options = {
        "in_memory": True,
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("Список")
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@"})
        date = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.freeze_panes(1, 0)
        for column in range(len(headers)):
            sheet.set_column(column, column, (widths or [18] * len(headers))[column])
        for column, header in enumerate(headers):
            sheet.write_string(0, column, header, bold)
        for index, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells):
                if isinstance(cell, datetime.datetime):
                    cell = cell.date()
                if isinstance(cell, datetime.date):
                    sheet.write_datetime(index, column, cell, date)
                elif isinstance(cell, int | float) and not isinstance(cell, bool):
                    sheet.write_number(index, column, cell)
                elif cell not in (None, ""):
                    sheet.write_string(index, column, str(cell), text)
    return out.getvalue()
