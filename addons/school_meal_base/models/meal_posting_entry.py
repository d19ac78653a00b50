import logging
from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class MealPosting(models.Model):
    """The second half of a posting: sums of its transfers, and the journal entry."""

    _inherit = "meal.posting"

    # === JOURNAL ENTRIES === #

    def _finish(self):
        """Sum the transfers up and create the journal entries, one by one: what is in
        the way of one posting is written on it and does not stop the others."""
        # sudo: as in _post_pending
        for posting in self.sudo():
            try:
                with self.env.cr.savepoint():
                    posting._fill_lines()
                    posting._create_move()
            except (UserError, ValidationError) as error:
                posting.error = str(error)
                _logger.warning("Meal posting %s waits: %s", posting.id, error)

    def _fill_lines(self):
        self.ensure_one()
        self.line_ids.unlink()
        rows = self.env.execute_query(self._sql_sums())
        self._check_accounts_known(rows)
        self.env["meal.posting.line"].create(
            [
                {
                    "posting_id": self.id,
                    "kind": kind,
                    "debit_account_id": debit_id,
                    "credit_account_id": credit_id,
                    "amount": amount,
                    "transfer_count": count,
                }
                for kind, debit_id, credit_id, _missing, amount, count in rows
            ]
        )
        self.write(
            {
                "amount": sum(row[4] for row in rows),
                "transfer_count": sum(row[5] for row in rows),
            }
        )

    def _sql_sums(self):
        return SQL(
            """
            WITH gl AS MATERIALIZED (%(gl)s)
            SELECT t.kind, d.gl_id, c.gl_id,
                   CASE WHEN d.gl_id IS NULL THEN d.kind
                        WHEN c.gl_id IS NULL THEN c.kind END,
                   sum(t.amount), count(*)
              FROM meal_posting_transfer l
              JOIN meal_transfer t ON t.id = l.transfer_id
              JOIN gl d ON d.id = t.debit_account_id
              JOIN gl c ON c.id = t.credit_account_id
             WHERE l.posting_id = %(posting)s
             GROUP BY 1, 2, 3, 4
             ORDER BY 1, 2, 3
            """,
            gl=self.env["meal.gl.mapping"]._sql_gl_accounts(self.company_id),
            posting=self.id,
        )

    def _check_accounts_known(self, rows):
        kinds = self.env["meal.account"]._fields["kind"]
        labels = dict(kinds._description_selection(self.env))
        missing = sorted({labels[row[3]] for row in rows if row[3]})
        if missing:
            raise UserError(
                self.env._(
                    "No general ledger account is chosen for: %s. Choose it in the "
                    "ledger set-up and post again.",
                    ", ".join(missing),
                )
            )

    def _create_move(self):
        self.ensure_one()
        date = self._open_date()
        move = (
            self.env["account.move"]
            .with_company(self.company_id)
            .create(
                {
                    "move_type": "entry",
                    "date": date,
                    "journal_id": self.company_id.meal_journal_id.id,
                    "ref": self._move_reference(date),
                    "line_ids": [
                        Command.create(vals)
                        for line in self.line_ids
                        for vals in self._move_lines(line)
                    ],
                }
            )
        )
        move._post(soft=False)
        self.write(
            {"move_id": move.id, "date": date, "state": "posted", "error": False}
        )

    def _open_date(self):
        """:return: the business date, or the first day after the locked period"""
        locks = self.company_id._get_violated_lock_dates(
            self.business_date, False, self.company_id.meal_journal_id
        )
        return locks[-1][0] + timedelta(days=1) if locks else self.business_date

    def _move_reference(self, date):
        posting = self.with_context(lang=self.company_id.partner_id.lang)
        reference = posting.env._("Meals %s", posting.display_name)
        if date != self.business_date:
            reference += " " + self.env._("(period locked)")
        return reference

    def _move_lines(self, line):
        """:return: values of the debit and the credit line of a pair of accounts"""
        kinds = self.env["meal.transfer"]._fields["kind"]
        label = dict(kinds._description_selection(self.env))[line.kind]
        for account, debit, credit in (
            (line.debit_account_id, line.amount, 0.0),
            (line.credit_account_id, 0.0, line.amount),
        ):
            yield {
                "name": label,
                "account_id": account.id,
                "debit": debit,
                "credit": credit,
                "analytic_distribution": self._distribution(account),
            }

    def _distribution(self, account):
        """Income and expenses go to the school's analytic account; on balance sheet
        accounts both sides of an entry would only cancel each other out."""
        analytic = self.school_id.analytic_account_id
        if not analytic or account.internal_group not in ("income", "expense"):
            return False
        return {str(analytic.id): 100}
