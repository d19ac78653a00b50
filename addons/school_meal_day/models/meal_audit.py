from functools import partial

from odoo import api, models
from odoo.tools import format_date

from . import meal_audit_day_sql as statements


class MealAudit(models.Model):
    """Checks of closed days: frozen portions, their parts and their entries."""

    _inherit = "meal.audit"

    def _audit_checks(self):
        checks = super()._audit_checks()
        for name, statement in statements.CHECKS.items():
            checks[name] = partial(self._check_days, name, statement)
        return checks

    def _check_days(self, name, statement):
        sentences = self._get_day_sentences()
        return [
            {
                "kind": name,
                "key": f"{name}:{row['id']}",
                "severity": "warning" if name == "day_late" else "error",
                "company_id": row["company_id"],
                "school_id": row["school_id"],
                "summary": sentences[name]
                % {
                    "id": row["id"],
                    "day": format_date(
                        self.env, row.get("date") or row.get("business_date")
                    ),
                },
                "details": self._details(row),
            }
            for row in self._select(statement)
        ]

    @api.model
    def _get_day_sentences(self):
        _ = self.env._
        # The placeholders are filled in per finding.
        return {
            "day_price": _("Portion %(id)s of %(day)s: its parts are not its price"),
            "day_entry": _(
                "Part %(id)s of a portion of %(day)s: the ledger's entry is missing or"
                " another one"
            ),
            "day_stray": _("Entry %(id)s of %(day)s: no portion stands behind it"),
            "day_revision": _(
                "Portion %(id)s of %(day)s: not exactly one revision counts"
            ),
            "day_order": _("Order %(id)s was changed after %(day)s was closed"),
            "day_unfounded": _(
                "Portion %(id)s of %(day)s is charged, but neither issued nor decided"
            ),
            "day_tariff": _(
                "Portion %(id)s of %(day)s: its price list says otherwise now"
            ),
            "day_late": _(
                "Issue %(id)s of %(day)s arrived after closing and waits for a decision"
            ),
            "day_issued": _(
                "Day %(id)s (%(day)s): portions issued without an order or a decision"
            ),
        }
