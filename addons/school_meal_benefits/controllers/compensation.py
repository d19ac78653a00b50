"""Downloads of compensation and milk."""

from odoo import http

from odoo.addons.school_meal_day.controllers.download import (
    PDF,
    XLSX,
    DownloadMixin,
)

TYPES = {
    "pdf": PDF,
    "xlsx": XLSX,
    "txt": "text/plain; charset=windows-1251",
    "csv": "text/csv; charset=windows-1251",
}


class CompensationController(DownloadMixin, http.Controller):
    @http.route(
        "/school_meal/compensation/line/<int:line_id>.pdf",
        type="http", auth="user", methods=["GET"],
    )  # fmt: skip
    def line(self, line_id):
        line = self._find("compensation.line", line_id)
        return self._answer(line._render_pdf(), f"raschet-{line.id}.pdf")

    @http.route(
        "/school_meal/compensation/month/<int:month_id>.<any(pdf,xlsx):extension>",
        type="http", auth="user", methods=["GET"],
    )  # fmt: skip
    def month(self, month_id, extension):
        month = self._find("compensation.month", month_id)
        content = month._render(extension)
        return self._answer(content, month._get_file_name(extension), TYPES[extension])

    @http.route(
        "/school_meal/compensation/list/<int:list_id>"
        ".<any(pdf,xlsx,txt,csv):extension>",
        type="http", auth="user", methods=["GET"],
    )  # fmt: skip
    def payment_list(self, list_id, extension):
        each = self._find("compensation.payment.list", list_id)
        content = each._render(extension)
        return self._answer(content, each._get_file_name(extension), TYPES[extension])

    @http.route(
        "/school_meal/milk/<int:issue_id>.pdf",
        type="http", auth="user", methods=["GET"],
    )  # fmt: skip
    def milk(self, issue_id):
        issue = self._find("benefit.milk.issue", issue_id)
        return self._answer(issue._render_pdf(), f"moloko-{issue.id}.pdf")
