from functools import partial

from odoo import models

from . import meal_audit_compensation_sql as statements


class MealAudit(models.Model):
    """Checks of money compensation: days, lines, entries, payments."""

    _inherit = "meal.audit"

    def _audit_checks(self):
        checks = super()._audit_checks()
        for name, statement in statements.CHECKS.items():
            checks[name] = partial(self._check_compensation, name, statement)
        return checks

    def _check_compensation(self, name, statement):
        _ = self.env._
        # The placeholder is filled in per finding; no name of a child.
        sentences = {
            "compensation_days": _(
                "Compensation line %(id)s: its days do not give its amount"
            ),
            "compensation_twice": _(
                "Compensation day %(id)s: the same day is paid twice"
            ),
            "compensation_right": _(
                "Compensation day %(id)s: no entitlement, or a day off"
            ),
            "compensation_entry": _(
                "Compensation line %(id)s: its journal item is missing or another one"
            ),
            "compensation_paid": _(
                "Compensation payment %(id)s: it is not the sum of its lines"
            ),
            "compensation_line_paid": _(
                "Compensation line %(id)s: paid by no payment, or by more than one"
            ),
        }
        return [
            {
                "kind": name,
                "key": f"{name}:{row['id']}",
                "company_id": row["company_id"],
                "school_id": row["school_id"],
                "summary": sentences[name] % {"id": row["id"]},
                "details": self._details(row),
            }
            for row in self._select(statement)
        ]
