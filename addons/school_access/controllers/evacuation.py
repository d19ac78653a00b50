"""The list of those who are inside, to be printed in a fire."""

from odoo import http
from odoo.http import content_disposition, request


class EvacuationController(http.Controller):
    @http.route("/school_access/evacuation/<int:site_id>.pdf", type="http", auth="user")
    def evacuation_list(self, site_id):
        site = request.env["access.site"].browse(site_id).exists()
        if not site:
            raise request.not_found()
        site._check_evacuation()
        headers = [
            ("Content-Type", "application/pdf"),
            (
                "Content-Disposition",
                content_disposition("evacuation.pdf", disposition_type="inline"),
            ),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(site._evacuation_pdf(), headers)
