"""The register of a class and month as a file."""

from odoo import http
from odoo.http import request

from odoo.addons.school_meal_day.controllers.download import PDF, XLSX, DownloadMixin


class RegisterController(DownloadMixin, http.Controller):
    @http.route(
        "/school_attendance/register/<int:class_id>/<string:month>"
        ".<any(pdf,xlsx):extension>",
        type="http",
        auth="user",
        readonly=True,
    )
    def register(self, class_id, month, extension):
        days = request.env["attendance.day"]
        days.check_access("read")
        school_class = self._find("school.class", class_id)
        content = days._render_register(school_class, month, extension)
        name = f"posechaemost-{school_class.name}-{month}.{extension}"
        return self._answer(content, name, PDF if extension == "pdf" else XLSX)
