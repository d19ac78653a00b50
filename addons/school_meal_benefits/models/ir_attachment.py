from odoo import models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _to_http_stream(self):
        """Override of core: who opens a scan of a document is in the log.

        With the token of a link it is read as superuser, but still shown to somebody.
        """
        self._log_scans()
        return super()._to_http_stream()

    def _read_format(self, fnames, load="_classic_read"):
        """Override of core: the same for who takes its content through the API."""
        if {"raw", "datas"} & set(fnames) and not self.env.su:
            self._log_scans()
        return super()._read_format(fnames, load)

    def _log_scans(self):
        for is_health, rows in self._find_documents().grouped("is_health").items():
            kind = "health" if is_health else "document"
            self.env["school.access.log"]._note(rows.student_id, kind)

    def _find_documents(self):
        """Return the rows of checklists that these are scans of."""
        # sudo: whose the scan is may be beyond the rights of the user
        documents = self.env["benefit.application.document"].sudo()
        return documents.search([("attachment_ids", "in", self.ids)])
