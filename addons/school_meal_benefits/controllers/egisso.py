"""Downloads of packages for ЕГИССО: each one leaves its line in the log."""

from odoo import http

from odoo.addons.school_meal_day.controllers.download import XLSX, DownloadMixin

TYPES = {
    "xml": "application/xml",
    "csv": "text/csv; charset=windows-1251",
    "xlsx": XLSX,
    "protocol": "application/xml",
}


class EgissoController(DownloadMixin, http.Controller):
    @http.route(
        "/school_meal/egisso/package/<int:package_id>"
        "/<any(xml,csv,xlsx,protocol):kind>",
        type="http", auth="user", methods=["GET"],
    )  # fmt: skip
    def package(self, package_id, kind):
        package = self._find("egisso.package", package_id)
        return self._answer(*package._take_file(kind), TYPES[kind])
