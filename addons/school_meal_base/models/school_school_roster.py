from odoo import models


class SchoolSchool(models.Model):
    """Lists of a school: accounts, card jobs and export for all its students."""

    _inherit = "school.school"

    def action_issue_accounts(self):
        """Give the students of these schools accounts and card jobs."""
        return self._get_enrolled().action_issue_accounts()

    def action_export_list(self):
        """Open the export of the list of these schools."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Export of students"),
            "res_model": "meal.roster.export",
            "view_mode": "form",
            "target": "new",
            "context": {"default_school_ids": self.ids},
        }

    def _get_enrolled(self):
        return self.env["school.student"].search(
            [("school_id", "in", self.ids), ("state", "=", "enrolled")]
        )
