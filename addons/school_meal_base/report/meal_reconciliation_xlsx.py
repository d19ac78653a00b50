"""Reconciliation as a workbook: balances on top, a row per day and account below."""

import io

import xlsxwriter

MONEY = "#,##0.00;[Red]-#,##0.00"


def build_workbook(report):
    """:return: bytes of the XLSX file of a computed `meal.reconciliation`"""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet(report.env._("Reconciliation")[:31])
    formats = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format(
            {"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"}
        ),
        "money": book.add_format({"num_format": MONEY}),
        "total": book.add_format({"num_format": MONEY, "bold": True}),
        "date": book.add_format({"num_format": "dd.mm.yyyy", "align": "left"}),
        "text": book.add_format(),
    }
    row = _write_balances(sheet, report, formats)
    _write_rows(sheet, report, formats, row + 1)
    book.close()
    return stream.getvalue()


def _write_balances(sheet, report, formats):
    _ = report.env._
    sheet.write(0, 0, report.company_id.display_name, formats["title"])
    sheet.write(
        1,
        0,
        _(
            "Reconciliation of %(account)s, %(first)s – %(last)s",
            account=report.control_account_id.display_name,
            first=report.date_from.strftime("%d.%m.%Y"),
            last=report.date_to.strftime("%d.%m.%Y"),
        ),
    )
    head = ["", _("Ledger"), _("Not posted"), _("General ledger"), _("Difference")]
    for column, title in enumerate(head):
        sheet.write(3, column, title, formats["head"])
    balances = [
        (
            _("Opening balance"),
            report.opening_ledger,
            report.opening_pending,
            report.opening_gl,
            report.opening_difference,
        ),
        (
            _("Closing balance"),
            report.closing_ledger,
            report.closing_pending,
            report.closing_gl,
            report.difference,
        ),
    ]
    for offset, (title, *amounts) in enumerate(balances):
        sheet.write(4 + offset, 0, title)
        for column, amount in enumerate(amounts, 1):
            sheet.write(4 + offset, column, amount, formats["total"])
    return 6


def _write_rows(sheet, report, formats, top):
    lines = report.line_ids
    columns = [
        ("date", 12, "date"),
        ("account_id", 48, "text"),
        ("ledger_debit", 16, "money"),
        ("ledger_credit", 16, "money"),
        ("pending_debit", 16, "money"),
        ("pending_credit", 16, "money"),
        ("gl_debit", 16, "money"),
        ("gl_credit", 16, "money"),
        ("gl_other", 16, "money"),
        ("difference", 16, "money"),
    ]
    titles = lines.fields_get([name for name, _width, _format in columns])
    for column, (name, width, _format) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write(top, column, titles[name]["string"], formats["head"])
    for offset, line in enumerate(lines, 1):
        for column, (name, _width, kind) in enumerate(columns):
            value = line[name]
            if name == "account_id":
                value = value.display_name or report.env._("No account chosen")
            if kind == "date":
                sheet.write_datetime(top + offset, column, value, formats[kind])
            else:
                sheet.write(top + offset, column, value, formats[kind])
    sheet.freeze_panes(top + 1, 2)
