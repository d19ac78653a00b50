"""Downloads of the menu: the cyclic menu's file and the requirement's forms."""

from odoo import http
from odoo.http import content_disposition, request

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class MenuDocumentController(http.Controller):
    @http.route("/school_meal/menu/cycle/<int:cycle_id>", type="http", auth="user")
    def cycle(self, cycle_id):
        cycle = self._find("meal.cycle", cycle_id)
        return self._answer(cycle._make_file(), cycle._get_file_name(), XLSX)

    @http.route(
        "/school_meal/menu/requirement/<int:requirement_id>/<any(pdf,xlsx):kind>",
        type="http",
        auth="user",
    )
    def requirement(self, requirement_id, kind):
        requirement = self._find("meal.requirement", requirement_id)
        if kind == "pdf":
            return self._answer(requirement._make_pdf(), f"{requirement.name}.pdf", PDF)
        return self._answer(requirement._make_xlsx(), f"{requirement.name}.xlsx", XLSX)

    def _find(self, model, record_id):
        record = request.env[model].browse(record_id).exists()
        if not record:
            raise request.not_found()
        record.check_access("read")
        return record

    def _answer(self, content, name, content_type):
        headers = [
            ("Content-Type", content_type),
            ("Content-Disposition", content_disposition(name)),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(content, headers)
