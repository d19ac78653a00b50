import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from . import meal_audit_sql as statements

#: Findings of one check that become incidents of their own; a summary tells the rest.
MAX_FINDINGS = 100


class MealAudit(models.Model):
    """A run of the ledger's checks, each a statement over the whole history.

    The checks repeat what constraints and the ledger's functions already guarantee,
    from the rows alone: what a defect, a restored backup or a hand with database
    rights changed is found here. Findings become incidents; nothing is corrected.
    """

    _name = "meal.audit"
    _description = "Ledger Audit"
    _order = "id desc"

    started_at = fields.Datetime(required=True, readonly=True)
    seconds = fields.Float("Duration, s", readonly=True)
    # Of every company; people see the sum of their own.
    totals = fields.Json(readonly=True, groups="base.group_system")
    transfer_count = fields.Integer("Transfers", compute="_compute_totals")
    turnover = fields.Float(
        "Turnover, roubles", compute="_compute_totals", digits=(16, 2)
    )
    finding_count = fields.Integer("Findings", readonly=True)
    new_count = fields.Integer("New incidents", readonly=True)
    state = fields.Selection(
        [("ok", "All Right"), ("found", "Findings")], readonly=True
    )
    check_ids = fields.One2many("meal.audit.check", "audit_id", readonly=True)

    @api.depends("started_at")
    def _compute_display_name(self):
        for audit in self:
            audit.display_name = self.env._("Audit %s", audit.started_at)

    @api.depends("totals")
    @api.depends_context("allowed_company_ids")
    def _compute_totals(self):
        own = [str(company_id) for company_id in self.env.companies.ids]
        for audit in self:
            # sudo: the totals of all companies, of which only the own are shown.
            totals = audit.sudo().totals or {}
            rows = [totals[key] for key in own if key in totals]
            audit.transfer_count = sum(row["transfers"] for row in rows)
            audit.turnover = sum(row["turnover"] for row in rows)

    # === ACTION METHODS === #

    def action_run(self):
        """Run all checks now (button)."""
        user = self.env.user
        if not self.env.su and not user.has_group("school_meal_base.group_accountant"):
            raise AccessError(self.env._("Only an accountant audits the ledger."))
        audit = self._run()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": audit.id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _cron_run(self):
        self._run()

    @api.model
    def _run(self):
        """:return: the record of this run; see :meth:`_audit_checks`"""
        # sudo: the audit reads every company's money and is no one's own
        self = self.sudo()
        self.env.flush_all()
        # Joins of millions of rows stay in memory; for this transaction only.
        self.env.cr.execute("SET LOCAL work_mem = '128MB'")
        began, now = time.monotonic(), fields.Datetime.now()
        findings, checks = [], []
        for name, check in self._audit_checks().items():
            check_began = time.monotonic()
            found = check()
            findings += self._limited(name, found)
            checks.append(
                {
                    "name": name,
                    "finding_count": len(found),
                    "seconds": time.monotonic() - check_began,
                }
            )
        incidents = self.env["meal.incident"]._report(findings)
        totals = {
            str(company_id): {"transfers": count, "turnover": float(turnover)}
            for company_id, count, turnover in self.env.execute_query(statements.TOTALS)
        }
        return self.create(
            {
                "started_at": now,
                "seconds": time.monotonic() - began,
                "totals": totals,
                "finding_count": sum(check["finding_count"] for check in checks),
                "new_count": len(incidents),
                "state": "found" if findings else "ok",
                "check_ids": [fields.Command.create(check) for check in checks],
            }
        )

    def _audit_checks(self):
        """Hook: the checks of a run, in order. An add-on extends the dictionary.

        :return: {name: callable without arguments that returns findings}; a finding
            is a dict as in `meal.incident._report`, its `kind` the name of the check
        """
        return {
            "balance": self._check_balances,
            "hold": self._check_holds,
            "overdraft": self._check_overdrafts,
            "entry": self._check_entries,
            "phase": self._check_phases,
            "reversal": self._check_reversals,
            "posting": self._check_postings,
            "general_ledger": self._check_general_ledger,
        }

    def _limited(self, name, findings):
        """Cut a flood of findings and say so in one more."""
        if len(findings) <= MAX_FINDINGS:
            return findings
        return findings[:MAX_FINDINGS] + [
            {
                "kind": name,
                "key": "many",
                "summary": self.env._(
                    "Check “%(name)s” found more than %(count)s rows at once",
                    name=name,
                    count=MAX_FINDINGS,
                ),
            }
        ]

    # === CHECKS === #

    def _check_balances(self):
        """A personal account's balance is the sum of its transfers."""
        return [
            self._account_finding(
                "balance",
                account,
                self.env._(
                    "Account %(number)s: balance %(stored)s, transfers give %(sum)s",
                    number=account["number"],
                    stored=account["stored"],
                    sum=account["expected"],
                ),
            )
            for account in self._select(statements.BALANCES)
        ]

    def _check_holds(self):
        """What is held is the sum of the holds that nothing has resolved."""
        return [
            self._account_finding(
                "hold",
                account,
                self.env._(
                    "Account %(number)s: %(stored)s on hold, open holds give %(sum)s",
                    number=account["number"],
                    stored=account["stored"],
                    sum=account["expected"],
                ),
            )
            for account in self._select(statements.HOLDS)
        ]

    def _check_overdrafts(self):
        """An account is below its credit limit by its overdraft, no more, no less."""
        return [
            self._account_finding(
                "overdraft",
                account,
                self.env._(
                    "Account %(number)s: overdraft %(stored)s, should be %(sum)s",
                    number=account["number"],
                    stored=account["stored"],
                    sum=account["expected"],
                ),
            )
            for account in self._select(statements.OVERDRAFTS)
        ]

    def _check_entries(self):
        """Debit equals credit: one positive amount between two known accounts of the
        transfer's company; and all balances of all accounts together are zero."""
        return [
            self._transfer_finding(
                "entry", row, self.env._("Transfer %s is not a valid entry", row["id"])
            )
            for row in self._select(statements.ENTRIES)
        ]

    def _check_phases(self):
        """A hold is resolved at most once, between the same accounts, for no more."""
        return [
            self._transfer_finding(
                "phase",
                row,
                self.env._("Transfer %s does not fit the hold it resolves", row["id"]),
            )
            for row in self._select(statements.PHASES)
        ]

    def _check_reversals(self):
        """Nothing is reversed by more than it was, or between other accounts."""
        return [
            self._transfer_finding(
                "reversal",
                row,
                self.env._("Transfer %s is reversed by more than it was", row["id"]),
            )
            for row in self._select(statements.REVERSALS)
        ]

    # === HELPERS === #

    def _select(self, statement):
        """:return: rows as dicts, one more than become incidents at most"""
        self.env.cr.execute(
            SQL(
                "WITH checked AS MATERIALIZED (%s)"
                " SELECT * FROM checked ORDER BY 1 LIMIT %s",
                statement,
                MAX_FINDINGS + 1,
            )
        )
        return self.env.cr.dictfetchall()

    def _account_finding(self, kind, row, summary):
        return {
            "kind": kind,
            "key": f"account:{row['id']}",
            "company_id": row["company_id"],
            "school_id": row["school_id"],
            "summary": summary,
            "details": self._details(row),
        }

    def _transfer_finding(self, kind, row, summary):
        return {
            "kind": kind,
            "key": f"transfer:{row['id']}",
            "company_id": row["company_id"],
            "school_id": row["school_id"],
            "summary": summary,
            "details": self._details(row),
        }

    @api.model
    def _details(self, row):
        return {
            name: value if isinstance(value, int | None) else str(value)
            for name, value in row.items()
            if name not in ("company_id", "school_id")
        }

    @api.autovacuum
    def _gc_old_runs(self):
        """Runs without findings are kept for a year."""
        limit = fields.Datetime.now() - timedelta(days=366)
        self.search([("started_at", "<", limit), ("state", "=", "ok")]).unlink()
