from odoo import fields, models


class SchoolAccessLog(models.Model):
    _inherit = "school.access.log"

    kind = fields.Selection(
        selection_add=[
            ("benefit", "Benefits"),
            ("document", "Documents of a benefit"),
            ("bank", "Bank details"),
            ("pack", "Auditor's pack"),
        ],
        ondelete=dict.fromkeys(("benefit", "document", "bank", "pack"), "cascade"),
    )
