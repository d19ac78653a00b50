from datetime import date, timedelta

from odoo import api, models
from odoo.tools import SQL, format_date

from ..report import meal_reconciliation_sql as reconciliation
from . import meal_audit_sql as statements

#: Days after which what is not in the general ledger is an incident.
POSTING_DAYS = 2
EVER = (date(1, 1, 1), date(9999, 12, 31))


class MealAudit(models.Model):
    """Checks of the way from the students' ledger to the general ledger."""

    _inherit = "meal.audit"

    def _check_postings(self):
        """A posting is the sum of its transfers, its journal entry the sum of its
        lines, and no finished day waits for a posting."""
        findings = [
            {
                "kind": "posting",
                "key": f"posting:{row['id']}",
                "company_id": row["company_id"],
                "school_id": row["school_id"],
                "summary": self.env._(
                    "Posting of %(day)s: transfers %(sum)s, lines %(lines)s, journal "
                    "entry %(entry)s",
                    day=row["business_date"],
                    sum=row["transfers"],
                    lines=row["lines"],
                    entry=row["entry"],
                ),
                "details": self._details(row),
            }
            for row in self._select(statements.POSTINGS)
        ]
        findings += [
            {
                "kind": "posting",
                "key": f"waiting:{row['id']}",
                "severity": "warning",
                "company_id": row["company_id"],
                "school_id": row["school_id"],
                "summary": self.env._(
                    "Posting of %(day)s waits: %(error)s",
                    day=row["business_date"],
                    error=row["error"] or self.env._("not finished"),
                ),
                "details": self._details(row),
            }
            for row in self._select(statements.WAITING_POSTINGS)
        ]
        return (
            findings + self._check_nothing_forgotten() + self._check_nothing_delayed()
        )

    def _check_nothing_delayed(self):
        """No finished day of a company waits for its posting for long: neither when
        the nightly run is off nor when the general ledger was never set up."""
        posting = self.env["meal.posting"]
        findings = []
        accounts = self.env["meal.account"]
        for [company] in accounts._read_group([], ["company_id"]):
            mark = self.env["meal.posting.watermark"].search(
                [("company_id", "=", company.id)], limit=1
            )
            [(count, first)] = self.env.execute_query(
                SQL(
                    "SELECT count(*), min(t.business_date) %s AND t.business_date < %s",
                    posting._sql_unposted(company, mark.transfer_id),
                    self._get_delay_limit(company),
                )
            )
            if count:
                findings.append(
                    {
                        "kind": "posting",
                        "key": f"delayed:{company.id}",
                        "company_id": company.id,
                        "summary": self.env._(
                            "%(company)s: not posted since %(day)s: %(count)s"
                            " transfers. Check the set-up of the general ledger and"
                            " the nightly posting.",
                            company=company.display_name,
                            day=format_date(self.env, first),
                            count=count,
                        ),
                        "details": {"count": count, "first_day": str(first)},
                    }
                )
        return findings

    @api.model
    def _get_delay_limit(self, company):
        """Return the day before which everything must be in the general ledger."""
        parameters = self.env["ir.config_parameter"]
        days = parameters.get_param("school_meal_base.posting_days", POSTING_DAYS)
        return self.env["meal.posting"]._local_today(company) - timedelta(int(days))

    def _check_nothing_forgotten(self):
        """No transfer below a company's watermark is without posting."""
        findings = []
        marks = self.env["meal.posting.watermark"].search([("transfer_id", ">", 0)])
        for mark in marks:
            company = mark.company_id
            [(count, first)] = self.env.execute_query(
                SQL(
                    "SELECT count(*), min(t.id) %s AND t.id <= %s",
                    self.env["meal.posting"]._sql_unposted(company, 0),
                    mark.transfer_id,
                )
            )
            if count:
                findings.append(
                    {
                        "kind": "posting",
                        "key": f"forgotten:{company.id}",
                        "company_id": company.id,
                        "summary": self.env._(
                            "Transfers that no posting will take: %s", count
                        ),
                        "details": {"count": count, "first_transfer_id": first},
                    }
                )
        return findings

    def _check_general_ledger(self):
        """Ledger − not posted = general ledger, on every day and account."""
        findings = []
        for company in self.env["res.company"].search(
            [("meal_control_account_id", "!=", False)]
        ):
            findings += [
                self._ledger_finding(company, row)
                for row in self._uneven_accounts(company)
            ]
        return findings

    def _uneven_accounts(self, company):
        """:return: rows of the accounts that differ, summed over all their days"""
        return self._select(
            SQL(
                """
                SELECT account_id, count(*) AS days, sum(difference) AS difference,
                       (array_agg(day ORDER BY day))[:20] AS first_days,
                       (array_agg(difference ORDER BY day))[:20] AS differences
                  FROM (%s) r
                 WHERE difference <> 0
                 GROUP BY account_id
                """,
                reconciliation.rows(self.env, company, *EVER),
            )
        )

    def _ledger_finding(self, company, row):
        account_id, total = row["account_id"], row["difference"]
        account = self.env["account.account"].browse(account_id)
        account = account.with_company(company)
        return {
            "kind": "general_ledger",
            "key": f"account:{company.id}:{account_id}",
            # Days that cancel each other out are a question of dates, not of money.
            "severity": "error" if total else "warning",
            "company_id": company.id,
            "summary": self.env._(
                "%(company)s, account %(account)s: general ledger differs by %(sum)s",
                company=company.display_name,
                account=account.display_name or self.env._("not chosen"),
                sum=f"{total:.2f}",
            ),
            "details": {
                "days": row["days"],
                "difference": f"{total:.2f}",
                "first_days": {
                    str(day): f"{difference:.2f}"
                    for day, difference in zip(
                        row["first_days"], row["differences"], strict=True
                    )
                },
            },
        }
