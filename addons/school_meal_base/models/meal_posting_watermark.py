from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: A candidate becomes the mark after this time. Transactions get their number at the
#: first write, a moment after the row's id was drawn; an hour covers that moment.
CANDIDATE_AGE = timedelta(hours=1)


class MealPostingWatermark(models.Model):
    """Up to which transfer id a company has nothing left to post.

    Ids commit out of order: a transaction may still hold a lower id than the largest
    one seen. So a mark is first a candidate, kept with the number of the next
    transaction at that time, and counts only when every older transaction has ended.
    """

    _name = "meal.posting.watermark"
    _description = "Progress of Meal Postings"
    _rec_name = "company_id"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    transfer_id = fields.Integer(help="Every transfer up to this id is settled.")
    candidate_id = fields.Integer()
    candidate_at = fields.Datetime()
    candidate_xid = fields.Char(
        help="All transactions with a lower number must have ended."
    )

    _company_uniq = models.Constraint("UNIQUE (company_id)", "One mark per company.")

    @api.model
    def _of(self, company):
        mark = self.search([("company_id", "=", company.id)], limit=1)
        return mark or self.create({"company_id": company.id})

    def _promote(self, settled_id):
        """Let the candidate count if every transaction older than it has ended.

        Call it after the run has read the transfers above the old mark: rows that
        became visible since the proposal are among them.

        :param int settled_id: nothing at or below it is unposted now
        """
        self.ensure_one()
        if not self.candidate_xid:
            return
        if self._is_of_another_cluster():
            self.write(
                {"candidate_id": 0, "candidate_at": False, "candidate_xid": False}
            )
            return
        if self.candidate_at > fields.Datetime.now() - CANDIDATE_AGE:
            return
        self.env.cr.execute(
            SQL(
                "SELECT pg_snapshot_xmin(pg_current_snapshot()) >= %s::xid8",
                self.candidate_xid,
            )
        )
        if self.env.cr.fetchone()[0]:
            self.write(
                {
                    "transfer_id": max(
                        self.transfer_id, min(self.candidate_id, settled_id)
                    ),
                    "candidate_id": 0,
                    "candidate_at": False,
                    "candidate_xid": False,
                }
            )

    def _is_of_another_cluster(self):
        """Tell whether the candidate was proposed before a dump was restored into a
        cluster that counts its transactions anew: it would wait for years."""
        self.env.cr.execute(
            SQL(
                "SELECT %s::xid8 > pg_current_xact_id()",
                self.candidate_xid,
            )
        )
        return self.env.cr.fetchone()[0]

    def _propose(self, transfer_id):
        """Keep `transfer_id` as the next mark unless an older one still waits."""
        self.ensure_one()
        if self.candidate_xid or transfer_id <= self.transfer_id:
            return
        # Not xmax of the snapshot: transactions from there on may already be at work.
        self.env.cr.execute("SELECT pg_current_xact_id()::text")
        self.write(
            {
                "candidate_id": transfer_id,
                "candidate_at": fields.Datetime.now(),
                "candidate_xid": self.env.cr.fetchone()[0],
            }
        )
