"""Downloads of timesheets: one of them, or all of a school and month."""

from odoo import fields, http
from odoo.http import request

from .download import PDF, XLSX, ZIP, DownloadMixin

TYPES = {"pdf": PDF, "xlsx": XLSX, "zip": ZIP}


class TimesheetController(DownloadMixin, http.Controller):
    @http.route(
        "/school_meal/timesheet/<int:sheet_id>.<any(pdf,xlsx):extension>",
        type="http",
        auth="user",
        readonly=True,
    )
    def timesheet(self, sheet_id, extension):
        sheet = self._find("meal.timesheet", sheet_id)
        render = sheet._render_pdf if extension == "pdf" else sheet._render_xlsx
        return self._answer(render(), sheet._get_file_name(extension), TYPES[extension])

    @http.route(
        "/school_meal/timesheets/<int:school_id>/<string:month>/<string:kind>"
        ".<any(pdf,zip):extension>",
        type="http",
        auth="user",
        readonly=True,
    )
    def timesheets(self, school_id, month, kind, extension):
        try:
            first = fields.Date.to_date(f"{month}-01")
        except ValueError:
            raise request.not_found() from None
        sheets = request.env["meal.timesheet"]._get_newest(school_id, first, kind)
        if not sheets:
            raise request.not_found()
        content = sheets._render_pdf() if extension == "pdf" else sheets._render_zip()
        return self._answer(
            content, f"tabeli-{kind}-{month}.{extension}", TYPES[extension]
        )
