import logging
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL, format_date

_logger = logging.getLogger(__name__)

#: First half of the advisory lock "one posting run per company".
LOCK_CLASS = 0x6D70  # "mp"


class MealPosting(models.Model):
    """One journal entry for the transfers of a business day, school and company.

    A run takes every money-moving transfer that no posting has, whenever it arrived;
    those of a day posted before make an additional posting. `business_date` is the
    day of the meals, `date` that of the journal entry: later when the day is locked.
    """

    _name = "meal.posting"
    _description = "Posting of Meals to the General Ledger"
    _order = "business_date desc, id desc"
    _check_company_auto = True

    business_date = fields.Date(required=True, readonly=True, index=True)
    date = fields.Date("Accounting Date", readonly=True, index=True)
    school_id = fields.Many2one("school.school", readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [("draft", "Waiting"), ("posted", "Posted")],
        required=True,
        readonly=True,
        default="draft",
    )
    is_additional = fields.Boolean(
        "Additional", readonly=True, help="The day had been posted before."
    )
    error = fields.Char("What is in the way", readonly=True)
    move_id = fields.Many2one(
        "account.move",
        "Journal Entry",
        readonly=True,
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
    )
    line_ids = fields.One2many("meal.posting.line", "posting_id", readonly=True)
    amount = fields.Monetary("Turnover", readonly=True)
    transfer_count = fields.Integer("Transfers", readonly=True)

    _posted_has_move = models.Constraint(
        "CHECK (state = 'draft' OR (move_id IS NOT NULL AND date IS NOT NULL))",
        "A finished posting has a journal entry.",
    )

    # === COMPUTE METHODS === #

    @api.depends("business_date", "school_id", "is_additional")
    def _compute_display_name(self):
        for posting in self:
            parts = [
                format_date(self.env, posting.business_date),
                posting.school_id.display_name or self.env._("No school"),
            ]
            if posting.is_additional:
                parts.append(self.env._("additional"))
            posting.display_name = " · ".join(parts)

    # === ACTION METHODS === #

    @api.model
    def action_post_pending(self):
        """Post everything up to yesterday for the current companies (button)."""
        self._check_may_post()
        before = self.search_count([("state", "=", "posted")])
        for company in self.env.companies:
            self._post_pending(company)
        posted = self.search_count([("state", "=", "posted")]) - before
        failed = self.search_count([("state", "=", "draft")])
        message = self.env._("Journal entries created: %s.", posted)
        if failed:
            message += " " + self.env._("Could not be posted: %s.", failed)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if failed else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_retry(self):
        self._check_may_post()
        self.filtered(lambda posting: posting.state == "draft")._finish()

    def action_open_move(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }

    def action_open_transfers(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Transfers of %s", self.display_name),
            "res_model": "meal.transfer",
            "view_mode": "list",
            "domain": [("posting_link_ids.posting_id", "=", self.id)],
        }

    def _check_may_post(self):
        user = self.env.user
        if not self.env.su and not (
            user.has_group("school_meal_base.group_accountant")
            or user.has_group("school_meal_base.group_manager")
        ):
            raise AccessError(
                self.env._("Only an accountant posts meals to the general ledger.")
            )

    # === BUSINESS METHODS === #

    @api.model
    def _cron_post(self):
        """Nightly: post the finished days of every company that has been set up."""
        companies = self.env["res.company"].search(
            [("meal_control_account_id", "!=", False)]
        )
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            self._post_pending(company)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _post_pending(self, company, date_to=None):
        """Bring unposted transfers of `company` to the general ledger.

        :param date date_to: last business date; yesterday by the company's clock
        :return: the postings of this run, waiting ones of earlier runs included
        """
        # sudo: journal entries of meals are made by the ledger; who may start a run
        # is checked by the caller, and an accountant of meals need not be Odoo's.
        self = self.sudo().with_company(company)
        self._check_set_up(company)
        self._lock_run(company)
        date_to = date_to or self._local_today(company) - timedelta(days=1)
        mark = self.env["meal.posting.watermark"]._of(company)
        postings = self._open_postings(company, mark.transfer_id, date_to)
        self._link_transfers(postings, company, mark.transfer_id, date_to)
        lowest = self._lowest_unposted(company, mark.transfer_id)
        mark._promote(lowest)
        mark._propose(lowest)
        postings |= self.search(
            [("company_id", "=", company.id), ("state", "=", "draft")]
        )
        postings._finish()
        return postings

    def _check_set_up(self, company):
        if company.meal_control_account_id and company.meal_journal_id:
            return
        message = self.env._(
            "The general ledger of “%s” is not set up for meals: choose the control "
            "account and the journal.",
            company.display_name,
        )
        action = self.env.ref("school_meal_base.action_meal_ledger_setup", False)
        if not action:
            raise UserError(message)
        raise RedirectWarning(message, action.id, self.env._("Set up"))

    def _lock_run(self, company):
        [(locked,)] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK_CLASS, company.id)
        )
        if not locked:
            raise UserError(
                self.env._("A posting is already running. Try again in a minute.")
            )

    @api.model
    def _local_today(self, company):
        zone = pytz.timezone(company.partner_id.tz or "Europe/Moscow")
        return pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()

    # === WHAT IS TO BE POSTED === #

    @api.model
    def _sql_posts_itself(self):
        """Hook: SQL condition on transfer ``t``: its document makes the journal entry.

        Sales of the till are posted by the session that closes; an add-on whose
        documents do the same adds them with OR.
        """
        return SQL(
            "(t.source_model = 'pos.order' AND t.kind IN ('sale', 'refund'))"
        )

    @api.model
    def _sql_posted_by_documents(self, company):
        """Hook: SQL of (transfer_id, date): transfers that post themselves and already
        stand in the general ledger, with the accounting date. None does here."""
        return SQL("SELECT NULL::integer AS transfer_id, NULL::date AS date WHERE false")

    @api.model
    def _sql_unposted(self, company, after_id):
        """FROM and WHERE of transfers ``t`` that a posting has still to carry.

        Only ids above the watermark are read (primary key), so the cost follows the
        transfers of the last days, not the history.
        """
        return SQL(
            """
            FROM meal_transfer t
           WHERE t.id > %(after)s
             AND t.company_id = %(company)s
             AND t.phase IN ('single', 'post')
             AND %(posts_itself)s IS NOT TRUE
             AND NOT EXISTS (SELECT FROM meal_posting_transfer l
                              WHERE l.transfer_id = t.id)
            """,
            after=after_id,
            company=company.id,
            posts_itself=self._sql_posts_itself(),
        )

    def _open_postings(self, company, after_id, date_to):
        """Create the waiting postings that the unposted transfers need."""
        self.env.flush_all()
        groups = self.env.execute_query(
            SQL(
                "SELECT t.business_date, t.school_id %s AND t.business_date <= %s"
                " GROUP BY 1, 2 ORDER BY 1, 2",
                self._sql_unposted(company, after_id),
                date_to,
            )
        )
        posted = {
            (day, school.id)
            for day, school in self._read_group(
                [
                    ("company_id", "=", company.id),
                    ("business_date", "in", [day for day, _school in groups]),
                ],
                ["business_date:day", "school_id"],
            )
        }
        return self.create(
            [
                {
                    "business_date": day,
                    "school_id": school_id,
                    "company_id": company.id,
                    "is_additional": (day, school_id or False) in posted,
                }
                for day, school_id in groups
            ]
        )

    @api.model
    def _link_transfers(self, postings, company, after_id, date_to):
        if not postings:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO meal_posting_transfer (posting_id, transfer_id)
                SELECT p.id, u.id
                  FROM (SELECT t.id, t.business_date, t.school_id %(unposted)s) u
                  JOIN meal_posting p
                    ON p.business_date = u.business_date
                   AND coalesce(p.school_id, 0) = coalesce(u.school_id, 0)
                 WHERE p.id = ANY(%(postings)s) AND u.business_date <= %(date_to)s
                ON CONFLICT DO NOTHING
                """,
                unposted=self._sql_unposted(company, after_id),
                postings=postings.ids,
                date_to=date_to,
            )
        )
        self.env["meal.posting.transfer"].invalidate_model()

    def _lowest_unposted(self, company, after_id):
        """:return: the highest id with nothing unposted at or below it"""
        [(lowest, last)] = self.env.execute_query(
            SQL(
                "SELECT (SELECT min(t.id) %s), (SELECT max(id) FROM meal_transfer)",
                self._sql_unposted(company, after_id),
            )
        )
        return lowest - 1 if lowest else last or 0

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
        self.write({"move_id": move.id, "date": date, "state": "posted", "error": False})

    def _open_date(self):
        """:return: the business date, or the first day after the locked period"""
        locks = self.company_id._get_violated_lock_dates(
            self.business_date, False, self.company_id.meal_journal_id
        )
        return locks[-1][0] + timedelta(days=1) if locks else self.business_date

    def _move_reference(self, date):
        reference = self.env._("Meals %s", self.display_name)
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
