import re

from markupsafe import Markup

from odoo import models

from ..report import timesheet_layout, timesheet_pdf, timesheet_xlsx

PREVIEW = Markup(
    '<div class="o_timesheet_preview overflow-auto">'
    '<table class="table table-sm table-bordered small mb-0">'
    "<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
)


class MealTimesheet(models.Model):
    """The files of a timesheet: PDF, workbook, and its rows on the screen."""

    _inherit = "meal.timesheet"

    def _render_pdf(self):
        """Return one PDF of all the sheets, each beginning on its own page."""
        title = self.display_name if len(self) == 1 else self.env._("Timesheets")
        return timesheet_pdf.render(
            [(sheet._get_content(), sheet._get_signature()) for sheet in self], title
        )

    def _render_xlsx(self):
        self.ensure_one()
        return timesheet_xlsx.render(self._get_content(), self._get_signature())

    def _render_zip(self):
        """Return a ZIP with a workbook of each of the sheets."""
        return timesheet_xlsx.render_zip(
            [
                (
                    sheet._get_file_name("xlsx"),
                    sheet._get_content(),
                    sheet._get_signature(),
                )
                for sheet in self
            ]
        )

    def _get_file_name(self, extension):
        """Return a name that every file system takes, unique within a school."""
        kind = {"attendance": "poseschaemost", "meals": "pitanie"}[self.kind]
        class_name = re.sub(r"[^\w-]+", "_", self.class_id.name or "")
        name = f"tabel-{kind}-{class_name}-{self.month:%Y-%m}"
        if self.version > 1:
            name += f"-v{self.version}"
        return f"{name}.{extension}"

    def _get_signature(self):
        """Return what the sheet says of its signature, see `lay_out`."""
        self.ensure_one()
        at = ""
        if self.signed_at:
            local = self.env["school.calendar"]._local_datetime(
                self.school_id, self.signed_at
            )
            at = f"{local:%d.%m.%Y %H:%M}"
        # sudo: the name of the signer is on the sheet, whoever reads it
        return {
            "version": self.version,
            "by": self.sudo().signed_by_id.name or "",
            "at": at,
            "digest": self.digest or "",
        }

    def _render_preview(self):
        """Return the rows as HTML for the form."""
        layout = timesheet_layout.lay_out(self._get_content(), self._get_signature())
        columns = layout.columns
        head = Markup().join(
            Markup('<th class="{}">{}</th>').format(_class(column), column.title)
            for column in columns
        )
        body = Markup().join(
            _render_row(row, columns) for row in [*layout.rows, *layout.totals]
        )
        return PREVIEW.format(head=head, body=body)


def _render_row(row, columns):
    if row.kind == timesheet_layout.BLOCK:
        return Markup('<tr><th colspan="{}">{}</th></tr>').format(
            len(columns), row.cells[0]
        )
    tag = "td" if row.kind == timesheet_layout.STUDENT else "th"
    cells = Markup().join(
        Markup('<{tag} class="{css}">{text}</{tag}>').format(
            tag=Markup(tag), css=_class(column), text=_text(value, column, row)
        )
        for value, column in zip(row.cells, columns, strict=True)
    )
    return Markup("<tr>{}</tr>").format(cells)


def _class(column):
    look = {
        timesheet_layout.MONEY: "text-end text-nowrap",
        timesheet_layout.TEXT: "text-nowrap",
    }.get(column.kind, "text-center")
    if column.is_unknown:
        return f"{look} table-warning"
    return f"{look} table-active" if column.is_off else look


def _text(value, column, row):
    if value is None:
        return ""
    is_money = timesheet_layout.MONEY == column.kind
    if isinstance(value, int) and (is_money or row.kind == timesheet_layout.TALL):
        return timesheet_layout.format_rubles(value)
    return value
