"""Downloads of printed card sheets and lists."""

from odoo import http
from odoo.http import content_disposition, request


class CardDocumentController(http.Controller):
    @http.route("/school_meal/card_print/<int:print_id>", type="http", auth="user")
    def card_sheet(self, print_id):
        job = request.env["school.card.print"].browse(print_id).exists()
        if not job:
            raise request.not_found()
        job.check_access("read")
        job.card_ids.check_access("read")
        return self._pdf(job.card_ids._sheet_pdf(), "cards.pdf")

    @http.route(
        "/school_meal/card_handover/<int:handover_id>/list", type="http", auth="user"
    )
    def handover_list(self, handover_id):
        handover = request.env["school.card.handover"].browse(handover_id).exists()
        if not handover:
            raise request.not_found()
        handover.check_access("read")
        return self._pdf(handover._list_pdf(), f"{handover.name}.pdf")

    def _pdf(self, content, name):
        headers = [
            ("Content-Type", "application/pdf"),
            ("Content-Disposition", content_disposition(name)),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(content, headers)
