from odoo import models


class BenefitApplicationDocument(models.Model):
    _name = "benefit.application.document"
    _inherit = ["benefit.application.document", "benefit.logged.mixin"]

    def _get_logged_kinds(self):
        return super()._get_logged_kinds() | {
            "document_type_id": "benefit",
            **dict.fromkeys(("series", "number", "issuer", "note"), "document"),
            "attachment_ids": "document",
        }

    def write(self, vals):
        """Override: scans attached or taken away are history too."""
        if "attachment_ids" not in vals:
            return super().write(vals)
        before = {record: sorted(record.attachment_ids.ids) for record in self}
        result = super().write(vals)
        for record, old in before.items():
            new = sorted(record.attachment_ids.ids)
            if new != old:
                self.env["benefit.change"]._note_files(record, old, new)
        return result
