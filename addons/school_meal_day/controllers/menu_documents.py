"""Downloads of the menu: the cyclic menu's file and the requirement's forms."""

from odoo import http

from .download import XLSX, DownloadMixin


class MenuDocumentController(DownloadMixin, http.Controller):
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
            return self._answer(requirement._make_pdf(), f"{requirement.name}.pdf")
        return self._answer(requirement._make_xlsx(), f"{requirement.name}.xlsx", XLSX)
