from odoo import models

from ..report import compensation_xlsx


class CompensationMonth(models.Model):
    """The files of a month: the calculations of its children, a workbook."""

    _inherit = "compensation.month"

    def _render(self, extension):
        self.ensure_one()
        if extension == "pdf":
            return self.line_ids._render_pdf()
        return compensation_xlsx.render_month(self._get_content())

    def _get_file_name(self, extension):
        return f"kompensaciya-{self.school_id.code}-{self.month:%Y-%m}.{extension}"

    def _get_content(self):
        states = dict(
            self.env["compensation.line"]
            ._fields["state"]
            ._description_selection(self.env)
        )
        shows_account = self.env["compensation.line"]._may_see_accounts()
        if shows_account:
            self.env["school.access.log"]._note(self.line_ids.student_id, "bank")
        # sudo: names of payees, and accounts for whom they are
        lines = self.line_ids.sudo().sorted(
            lambda line: (line.student_id.name, line.period)
        )
        return {
            "title": self.display_name,
            "lines": [
                {
                    "student": line.student_id.name,
                    "class": line.class_id.name,
                    "period": line.period,
                    "is_correction": line.is_correction,
                    "days": line.day_count,
                    "total": round(line.total * 100),
                    "previous": round(line.previous_total * 100),
                    "amount": round(line.amount * 100),
                    "payee": line.partner_id.name,
                    "account": line.bank_account if shows_account else "",
                    "bic": line.bank_bic if shows_account else "",
                    "state": states[line.state],
                    "problem": line.problem,
                }
                for line in lines
            ],
            "days": [
                {
                    "student": line.student_id.name,
                    "date": day.date,
                    "is_counted": day.is_counted,
                    "reason": day.reason,
                    "kopecks": round(day.amount * 100),
                }
                for line in lines
                for day in line.day_ids.sorted("date")
            ],
        }
