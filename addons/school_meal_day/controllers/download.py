"""Answers with a file that nobody keeps on the way."""

from odoo.http import content_disposition, request

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"


class DownloadMixin:
    """What controllers with downloads share."""

    def _find(self, model, record_id):
        """Return the record, if there is one and the user may read it."""
        record = request.env[model].browse(record_id).exists()
        if not record:
            raise request.not_found()
        record.check_access("read")
        return record

    def _answer(self, content, name, content_type=PDF, disposition="attachment"):
        headers = [
            ("Content-Type", content_type),
            ("Content-Disposition", content_disposition(name, disposition)),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(content, headers)
