"""A check of the procedure as a workbook: one row for each violation."""

import io

import xlsxwriter

COLUMNS = (
    ("state", 12),
    ("check_code", 34),
    ("item", 10),
    ("school_id", 22),
    ("class_id", 8),
    ("student_id", 32),
    ("what", 60),
    ("since", 11),
    ("answer", 40),
    ("answered_by_id", 22),
    ("answered_at", 16),
)


def render(run):
    """Return the bytes of the XLSX file of a `benefit.audit.run`."""
    findings = run.finding_ids
    findings._log_reading({"what"})
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False}
    )
    sheet = book.add_worksheet(run.env._("Violations")[:31])
    head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
    formats = {
        "date": book.add_format({"num_format": "dd.mm.yyyy", "align": "left"}),
        "datetime": book.add_format({"num_format": "dd.mm.yyyy hh:mm"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    names = [name for name, _width in COLUMNS]
    titles = findings.fields_get(names, ["string", "selection"])
    for column, (name, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write(0, column, titles[name]["string"], head)
    for row, finding in enumerate(findings, 1):
        for column, name in enumerate(names):
            _write(sheet, row, column, finding, titles[name], name, formats)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(findings), 1), len(names) - 1)
    book.close()
    return stream.getvalue()


def _write(sheet, row, column, finding, title, name, formats):
    field = finding._fields[name]
    # sudo: the name of who answered is a part of the answer
    value = finding.sudo()[name] if name == "answered_by_id" else finding[name]
    if field.type == "selection":
        value = dict(title["selection"]).get(value, "")
    elif field.type == "many2one":
        value = value.display_name or ""
    if field.type in formats and value:
        sheet.write_datetime(row, column, value, formats[field.type])
    else:
        sheet.write(row, column, value or "", formats["wrap"])
