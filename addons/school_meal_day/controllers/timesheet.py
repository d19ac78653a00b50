"""Downloads of timesheets: one of them, or all of a school and month."""

from odoo import fields, http
from odoo.http import content_disposition, request

TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


class TimesheetController(http.Controller):
    @http.route(
        "/school_meal/timesheet/<int:sheet_id>.<any(pdf,xlsx):extension>",
        type="http",
        auth="user",
        readonly=True,
    )
    def timesheet(self, sheet_id, extension):
        sheet = request.env["meal.timesheet"].browse(sheet_id).exists()
        if not sheet:
            raise request.not_found()
        sheet.check_access("read")
        render = sheet._render_pdf if extension == "pdf" else sheet._render_xlsx
        return self._file(render(), sheet._get_file_name(extension), extension)

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
        return self._file(content, f"tabeli-{kind}-{month}.{extension}", extension)

    def _file(self, content, name, extension):
        headers = [
            ("Content-Type", TYPES[extension]),
            ("Content-Disposition", content_disposition(name)),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(content, headers)
