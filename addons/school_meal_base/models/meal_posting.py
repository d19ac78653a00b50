import logging
from datetime import timedelta

import pytz
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError
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
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
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
            self._post_or_report(company)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _post_or_report(self, company):
        """Post what a company has waiting; what is in the way there becomes an
        incident and does not stop the other companies."""
        if not self._try_lock(company):
            return  # somebody posts it by hand right now
        try:
            with self.env.cr.savepoint():
                self._post_pending(company)
        except OperationalError:
            raise  # the database wants the whole run to be repeated
        except Exception as error:
            _logger.exception("Posting of company %s failed", company.id)
            self.env["meal.incident"]._report(
                [
                    {
                        "kind": "posting",
                        "key": f"run:{company.id}",
                        "company_id": company.id,
                        "summary": self.env._(
                            "%(company)s could not be posted: %(error)s",
                            company=company.display_name,
                            error=error.args[0] if error.args else repr(error),
                        ),
                    }
                ]
            )

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
        if not self._try_lock(company):
            raise UserError(
                self.env._("A posting is already running. Try again in a minute.")
            )

    @api.model
    def _try_lock(self, company):
        """Take the run's lock until the end of the transaction, if it is free."""
        [(locked,)] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK_CLASS, company.id)
        )
        return locked

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
        return SQL("(t.source_model = 'pos.order' AND t.kind IN ('sale', 'refund'))")

    @api.model
    def _sql_document_dates(self):
        """Hook: list of SQL subqueries, each of at most one accounting ``date``: that
        of the posted document which stands for transfer ``t``. None does here."""
        return []

    @api.model
    def _sql_posted_by_documents(self, company, first, last):
        """Hook: SQL of (transfer_id, date): transfers that post themselves and stand
        in the general ledger between two accounting dates. None does here."""
        return SQL(
            "SELECT NULL::integer AS transfer_id, NULL::date AS date WHERE false"
        )

    @api.model
    def _sql_waiting_for_documents(self, company, after_id):
        """Hook: SQL of (transfer_id): transfers that post themselves and do not stand
        in the general ledger yet. Without an add-on that knows the documents: all.

        :param int after_id: documents of earlier transfers are long there
        """
        return SQL(
            """
            SELECT t.id AS transfer_id
              FROM meal_transfer t
             WHERE t.id > %s AND t.company_id = %s AND %s
            """,
            after_id,
            company.id,
            self._sql_posts_itself(),
        )

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
