from odoo import models

from . import meal_audit_sql as statements


class MealAudit(models.Model):
    """Checks of the money that comes in: registries and the list of stray receipts."""

    _inherit = "meal.audit"

    def _audit_checks(self):
        return {
            **super()._audit_checks(),
            "payment": self._check_payments,
            "suspense": self._check_suspense,
        }

    def _check_payments(self):
        """Every recorded payment of a registry is a transfer out of its channel, to
        the account or to suspense, and no transfer of a registry is without one."""
        return [
            {
                "kind": "payment",
                "key": f"line:{row['id']}",
                "company_id": row["company_id"],
                "summary": self.env._(
                    "Payment of registry %(registry)s: recorded %(recorded)s, ledger"
                    " %(moved)s",
                    registry=row["registry"]
                    or self.env._("(the recording was interrupted)"),
                    recorded=f"{row['recorded']:.2f}",
                    moved=f"{row['moved']:.2f}",
                ),
                "details": self._details(row),
            }
            for row in self._select(statements.PAYMENTS)
        ]

    def _check_suspense(self):
        """The list of unidentified receipts is the balance of their account, and each
        receipt has its transfers."""
        findings = [
            {
                "kind": "suspense",
                "key": f"receipt:{row['id']}",
                "company_id": row["company_id"],
                "summary": self.env._(
                    "Unidentified receipt %(id)s of %(amount)s does not agree with its"
                    " transfers",
                    id=row["id"],
                    amount=f"{row['amount']:.2f}",
                ),
                "details": self._details(row),
            }
            for row in self._select(statements.RECEIPTS)
        ]
        return findings + [
            {
                "kind": "suspense",
                "key": f"company:{row['id']}",
                "company_id": row["company_id"],
                "summary": self.env._(
                    "Unidentified receipts: the list says %(listed)s, the account"
                    " %(held)s",
                    listed=f"{row['listed']:.2f}",
                    held=f"{row['held']:.2f}",
                ),
                "details": self._details(row),
            }
            for row in self._select(statements.SUSPENSE)
        ]
