"""Reports of schools to the department: one by one, and the sum of the municipality."""

import io

import xlsxwriter
from reportlab.lib.units import mm

from odoo.addons.school_meal_base.report import pdf

WIDTH = 267 * mm


def _schools(reports):
    """Return [(report, names, table, totals)] of what each of them says."""
    found = []
    for report in reports.sorted(lambda one: (one.date_from, one.school_id.code)):
        is_open = report.state in ("draft", "returned")
        content = report._compute_content() if is_open else report.content
        found.append((report, *report._get_table(content)))
    return found


def _sums(found):
    """Return (names, {category: [value]}) of all schools together."""
    names = list(dict.fromkeys(name for _one, some, _t, _s in found for name in some))
    sums = {}
    for _report, some, table, _totals in found:
        for category, values in table:
            row = sums.setdefault(category, dict.fromkeys(names, 0))
            for name, value in zip(some, values, strict=True):
                row[name] += value
    return names, {category: list(row.values()) for category, row in sums.items()}


def render_pdf(reports):
    """Return the bytes of the PDF of some reports of one form or more."""
    _ = reports.env._
    found = _schools(reports)
    story = []
    for report, names, table, totals in found:
        story += [
            pdf.paragraph(report.form_id.name, "title"),
            pdf.paragraph(report.school_id.name, "subtitle"),
            pdf.paragraph(_tell(report)),
            _table(report, names, table, totals),
        ]
    if len(found) > 1:
        names, sums = _sums(found)
        totals = [sum(column) for column in zip(*sums.values(), strict=True)]
        story += [
            pdf.paragraph(_("Municipality: %s schools", len(found)), "title"),
            _table(reports[0], names, list(sums.items()), totals),
        ]
    return pdf.build_document(
        story, title=reports[:1].form_id.name or "", landscape=True
    )


def _tell(report):
    _ = report.env._
    period = f"{report.date_from:%d.%m.%Y} – {report.date_to:%d.%m.%Y}"
    text = _("Period: %(period)s. Due: %(due)s.", period=period,
             due=f"{report.due_on:%d.%m.%Y}")  # fmt: skip
    if report.state in ("draft", "returned"):
        return f"{text} {_('Not signed.')}"
    at = report.env["school.calendar"]._local_datetime(
        report.school_id, report.signed_at
    )
    signed = _(
        "Signed by %(user)s on %(at)s, SHA-256 %(digest)s.",
        user=report.sudo().signed_by_id.name,  # sudo: the signature is on the report
        at=f"{at:%d.%m.%Y %H:%M}",
        digest=report.digest,
    )
    return f"{text} {signed}"


def _table(report, names, table, totals):
    _ = report.env._
    if not table:
        return pdf.paragraph(_("Nobody received anything."))
    rows = [[_("Category"), *map(report._label, names)]]
    for category, values in [*table, (_("Total"), totals)]:
        rows.append([category, *map(report._show, names, values)])
    first = WIDTH * 0.34
    other = (WIDTH - first) / len(names)
    return pdf.table(
        rows, [first] + [other] * len(names), aligns="l" + "r" * len(names),
        bold_rows=(-1,),
    )  # fmt: skip


def render_xlsx(reports):
    """Return the bytes of the workbook: a row for each school and category, a sum."""
    _ = reports.env._
    found = _schools(reports)
    names, sums = _sums(found)
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False}
    book = xlsxwriter.Workbook(stream, options)
    formats = {
        "head": book.add_format({"bold": True, "text_wrap": True, "border": 1}),
        "money": book.add_format({"num_format": "#,##0.00"}),
        "count": book.add_format({"num_format": "#,##0"}),
    }
    sheet = book.add_worksheet(_("Schools")[:31])
    labels = [reports[:1]._label(name) for name in names]
    head = [_("School"), _("Form"), _("From"), _("To"), _("Status"), _("Category")]
    sheet.write_row(0, 0, [*head, *labels], formats["head"])
    states = dict(reports._fields["state"]._description_selection(reports.env))
    at = 0
    for report, some, table, _totals in found:
        for category, values in table or [(_("nothing"), [])]:
            at += 1
            cells = [
                report.school_id.short_name,
                report.form_id.name,
                f"{report.date_from:%d.%m.%Y}",
                f"{report.date_to:%d.%m.%Y}",
                states[report.state],
                category,
            ]
            sheet.write_row(at, 0, cells)
            figures = dict(zip(some, values, strict=False))
            _write(sheet, at, len(cells), names, figures, formats)
    sheet.set_column(0, 5, 18)
    sheet.set_column(6, 6 + len(names), 14)
    sheet.freeze_panes(1, 1)
    total = book.add_worksheet(_("Municipality")[:31])
    total.write_row(0, 0, [_("Category"), *labels], formats["head"])
    for row, (category, values) in enumerate(sums.items(), 1):
        total.write(row, 0, category)
        figures = dict(zip(names, values, strict=True))
        _write(total, row, 1, names, figures, formats)
    total.set_column(0, 0, 50)
    total.set_column(1, len(names), 14)
    book.close()
    return stream.getvalue()


def _write(sheet, row, start, names, figures, formats):
    for column, name in enumerate(names, start):
        value = figures.get(name, 0)
        if name == "compensation" or name.startswith("money "):
            sheet.write_number(row, column, value / 100, formats["money"])
        else:
            sheet.write_number(row, column, value, formats["count"])
