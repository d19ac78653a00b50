import base64
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from . import meal_reconciliation_sql as statements
from .meal_reconciliation_xlsx import build_workbook


class MealReconciliation(models.TransientModel):
    """Students' ledger against the general ledger, for one company and period.

    Balances are credit balances in roubles: what the canteen owes to families.
    ledger − not yet posted − general ledger = difference, which must be 0.00.
    """

    _name = "meal.reconciliation"
    _description = "Reconciliation of the Meal Ledger"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
    )
    date_to = fields.Date(required=True, default=fields.Date.context_today)
    control_account_id = fields.Many2one(related="company_id.meal_control_account_id")
    computed_at = fields.Datetime("As of", readonly=True)
    opening_ledger = fields.Monetary(readonly=True)
    opening_pending = fields.Monetary(readonly=True)
    opening_gl = fields.Monetary(readonly=True)
    opening_difference = fields.Monetary(readonly=True)
    turnover_ledger_debit = fields.Monetary(readonly=True)
    turnover_ledger_credit = fields.Monetary(readonly=True)
    turnover_gl_debit = fields.Monetary(readonly=True)
    turnover_gl_credit = fields.Monetary(readonly=True)
    closing_ledger = fields.Monetary(readonly=True)
    closing_pending = fields.Monetary(readonly=True)
    closing_gl = fields.Monetary(readonly=True)
    difference = fields.Monetary(readonly=True)
    difference_count = fields.Integer(
        "Rows with a difference", readonly=True, help="Days and accounts that differ."
    )
    is_equal = fields.Boolean(readonly=True)
    line_ids = fields.One2many(
        "meal.reconciliation.line", "reconciliation_id", readonly=True
    )

    @api.depends("date_from", "date_to", "company_id")
    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._(
                "Reconciliation %(first)s – %(last)s",
                first=format_date(self.env, report.date_from),
                last=format_date(self.env, report.date_to),
            )

    # === ACTION METHODS === #

    @api.model
    def action_open(self):
        """Open the report of the current month, ready to read (menu)."""
        report = self.create({})
        if report.control_account_id:
            report.action_compute()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reconciliation with the general ledger"),
            "res_model": self._name,
            "res_id": report.id,
            "view_mode": "form",
        }

    def action_compute(self):
        self.ensure_one()
        self.check_access("write")
        self._check_period()
        self._fill()

    def action_post_pending(self):
        self.ensure_one()
        self.env["meal.posting"]._check_may_post()
        self.env["meal.posting"]._post_pending(self.company_id)
        self._fill()

    def action_open_lines(self):
        """The rows as a list of their own, to group, filter and pivot."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "meal.reconciliation.line",
            "view_mode": "list,pivot",
            "domain": [("reconciliation_id", "=", self.id)],
        }

    def action_export_xlsx(self):
        self.ensure_one()
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"reconciliation_{self.date_from}_{self.date_to}.xlsx",
                "datas": base64.b64encode(build_workbook(self)),
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }

    # === BUSINESS METHODS === #

    def _check_period(self):
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("Choose one of your own companies."))
        if not self.control_account_id:
            raise UserError(
                self.env._("Set up the general ledger for meals in the company first.")
            )
        if self.date_from > self.date_to:
            raise UserError(self.env._("The period begins after its end."))

    def _fill(self):
        """Recompute rows and totals with one snapshot of both ledgers."""
        self.line_ids.unlink()
        self.env.flush_all()
        self._insert_lines()
        self.write({**self._totals(), "computed_at": fields.Datetime.now()})

    def _insert_lines(self):
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO meal_reconciliation_line (
                    reconciliation_id, date, account_id, is_control, ledger_debit,
                    ledger_credit, pending_debit, pending_credit, gl_debit, gl_credit,
                    gl_other, difference, create_uid, create_date, write_uid,
                    write_date)
                SELECT %s, r.*, %s, now() AT TIME ZONE 'UTC', %s,
                       now() AT TIME ZONE 'UTC'
                  FROM (%s) r
                """,
                self.id,
                self.env.uid,
                self.env.uid,
                statements.rows(
                    self.env, self.company_id, self.date_from, self.date_to
                ),
            )
        )
        self.env["meal.reconciliation.line"].invalidate_model()
        self.invalidate_recordset(["line_ids"])

    def _totals(self):
        """:return: values of the balances before and after the period"""
        control = self.line_ids.filtered("is_control")
        day_before = self.date_from - timedelta(days=1)
        round_ = self.currency_id.round
        opening_ledger = self._ledger_balance(self.date_from)
        opening_pending = self._pending_balance(day_before)
        opening_gl = self._gl_balance(day_before)
        closing_ledger = round_(
            opening_ledger
            + sum(control.mapped(lambda line: line.ledger_credit - line.ledger_debit))
        )
        closing_pending = round_(
            opening_pending
            + sum(control.mapped(lambda line: line.pending_credit - line.pending_debit))
        )
        closing_gl = self._gl_balance(self.date_to)
        difference = round_(closing_ledger - closing_pending - closing_gl)
        uneven = self.line_ids.filtered(
            lambda line: not self.currency_id.is_zero(line.difference)
        )
        return {
            "opening_ledger": opening_ledger,
            "opening_pending": opening_pending,
            "opening_gl": opening_gl,
            "opening_difference": round_(opening_ledger - opening_pending - opening_gl),
            "turnover_ledger_debit": sum(control.mapped("ledger_debit")),
            "turnover_ledger_credit": sum(control.mapped("ledger_credit")),
            "turnover_gl_debit": sum(control.mapped("gl_debit")),
            "turnover_gl_credit": sum(control.mapped("gl_credit")),
            "closing_ledger": closing_ledger,
            "closing_pending": closing_pending,
            "closing_gl": closing_gl,
            "difference": difference,
            "difference_count": len(uneven),
            "is_equal": not uneven and self.currency_id.is_zero(difference),
        }

    def _ledger_balance(self, before):
        """Balance of the control account's side of the ledger at the start of day
        `before`: today's balances minus what moved since, so that history is not
        read. That a stored balance is the sum of its transfers is the audit's part."""
        [(balance,)] = self.env.execute_query(
            SQL(
                "SELECT (%s) - (%s)",
                statements.control_now(self.env, self.company_id),
                statements.control_since(self.env, self.company_id, before),
            )
        )
        return float(balance)

    def _gl_balance(self, last):
        [(balance,)] = self.env.execute_query(
            SQL(
                """
                SELECT coalesce(sum(credit - debit), 0) FROM account_move_line
                 WHERE company_id = %s AND account_id = %s AND date <= %s
                   AND parent_state = 'posted'
                """,
                self.company_id.id,
                self.control_account_id.id,
                last,
            )
        )
        return float(balance)

    def _pending_balance(self, last):
        # sudo: progress of postings is nobody's to read or write by hand
        mark = self.env["meal.posting.watermark"].sudo()
        mark = mark.search([("company_id", "=", self.company_id.id)], limit=1)
        [(balance,)] = self.env.execute_query(
            statements.pending_control(
                self.env, self.company_id, last, mark.transfer_id
            )
        )
        return float(balance)
