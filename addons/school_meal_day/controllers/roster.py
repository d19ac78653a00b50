"""Download of paper lists."""

from odoo import http
from odoo.http import content_disposition, request


class RosterController(http.Controller):
    @http.route("/school_meal/roster/<int:print_id>", type="http", auth="user")
    def roster(self, print_id):
        job = request.env["meal.roster.print"].search([("id", "=", print_id)])
        if not job:
            raise request.not_found()
        headers = [
            ("Content-Type", "application/pdf"),
            ("Content-Disposition", content_disposition(f"lists-{job.date}.pdf")),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(job._get_pdf(), headers)
