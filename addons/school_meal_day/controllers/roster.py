"""Download of paper lists."""

from odoo import http
from odoo.http import request

from .download import DownloadMixin


class RosterController(DownloadMixin, http.Controller):
    @http.route("/school_meal/roster/<int:print_id>", type="http", auth="user")
    def roster(self, print_id):
        # Not _find: to others, somebody's lists are not there.
        job = request.env["meal.roster.print"].search([("id", "=", print_id)])
        if not job:
            raise request.not_found()
        return self._answer(job._get_pdf(), f"lists-{job.date}.pdf")
