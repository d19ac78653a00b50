from odoo import models

CHUNK = 1000


class SchoolStudent(models.Model):
    """Accounts and card jobs of whole lists, and lists of students as files."""

    _inherit = "school.student"

    def action_issue_accounts(self):
        """Give every student without one an account and a card job."""
        self.check_access("write")
        enrolled = self.filtered(lambda student: student.state == "enrolled")
        accounts, cards = enrolled._issue_accounts_and_cards()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Accounts opened: %(accounts)s. Card jobs made: %(cards)s."
                    " Students in all: %(students)s.",
                    accounts=accounts,
                    cards=cards,
                    students=len(enrolled),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_export_list(self):
        """Open the export of these students as a list."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Export of students"),
            "res_model": "meal.roster.export",
            "view_mode": "form",
            "target": "new",
            "context": {"default_student_ids": self.ids},
        }

    def _issue_accounts_and_cards(self):
        """Return (accounts opened, card jobs made); students with both are left."""
        # sudo: issuing is this action; operators may not open accounts by hand
        students = self.sudo()
        without = students.filtered(lambda student: not student.account_id)
        jobs = 0
        for start in range(0, len(without), CHUNK):
            self.env["meal.account"].sudo()._issue(without[start : start + CHUNK])
        for start in range(0, len(students), CHUNK):
            jobs += len(students[start : start + CHUNK]._make_card_jobs())
        return len(without), jobs

    def _make_card_jobs(self):
        """Make a card job for every student who has no usable card; return them."""
        return self.env["school.card"].sudo()._make_jobs(self)
