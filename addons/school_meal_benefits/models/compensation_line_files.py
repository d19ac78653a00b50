from odoo import models

from ..report import compensation_pdf


class CompensationLine(models.Model):
    """The printed calculation of a child."""

    _inherit = "compensation.line"

    def _may_see_accounts(self):
        return self._has_field_access(self._fields["bank_account"], "read")

    def _render_pdf(self):
        return compensation_pdf.render_sheets([line._get_content() for line in self])

    def _get_content(self):
        self.ensure_one()
        # sudo: the sheet names the payee and who signed, whoever may read the line
        line = self.sudo()
        month, decision = line.month_id, line.entitlement_id.decision_id
        order = decision.order_id
        rates = line.day_ids.grouped("rate_id")
        return {
            "period": line.period,
            "school": line.school_id.name,
            "student": ", ".join(
                filter(None, (line.student_id.name, line.class_id.name))
            ),
            "decision": f"приказ № {order.number or ''} от {decision.date:%d.%m.%Y}"
            if decision
            else "",
            "payee": line.partner_id.name or "",
            "days": [
                {
                    "date": day.date,
                    "is_counted": day.is_counted,
                    "reason": day.reason,
                    "kopecks": round(day.amount * 100),
                }
                for day in line.day_ids.sorted("date")
            ],
            "previous": {
                day.date: round(day.amount * 100) for day in line.previous_id.day_ids
            }
            if line.is_correction
            else None,
            "day_count": line.day_count,
            "total": round(line.total * 100),
            "previous_total": round(line.previous_total * 100),
            "amount": round(line.amount * 100),
            "rates": [
                {
                    "kopecks": round(rate.amount * 100),
                    "date_from": rate.date_from,
                    "basis": rate.basis,
                    "days": len(days),
                }
                for rate, days in rates.items()
                if rate
            ],
            "calculated": month.calculated_by_id.name or "",
            "approved": month.approved_by_id.name or "",
        }
