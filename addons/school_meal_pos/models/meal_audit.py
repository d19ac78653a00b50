from odoo import models
from odoo.tools import SQL, format_date

from ..const import TERMINAL

#: Sessions whose payments from students' accounts are not what the ledger moved, and
#: closed ones whose entry on the control account is not. Amounts are roubles.
SESSIONS = """
    WITH paid AS (
        SELECT p.session_id, sum(p.amount) AS amount
          FROM pos_payment p
          JOIN pos_payment_method pm ON pm.id = p.payment_method_id
          JOIN pos_order o ON o.id = p.pos_order_id
         WHERE pm.use_payment_terminal = %(terminal)s
           AND o.state NOT IN ('draft', 'cancel')
         GROUP BY 1
    ), moved AS (
        SELECT o.session_id,
               sum(CASE WHEN t.kind = 'sale' THEN t.amount ELSE -t.amount END) AS amount
          FROM meal_transfer t
          JOIN pos_order o ON o.id = t.source_id
         WHERE t.source_model = 'pos.order' AND t.kind IN ('sale', 'refund')
           AND t.phase IN ('single', 'post')
         GROUP BY 1
    ), booked AS (
        SELECT s.id AS session_id, sum(ml.debit - ml.credit) AS amount
          FROM pos_session s
          JOIN pos_config pc ON pc.id = s.config_id
          JOIN res_company c ON c.id = pc.company_id
          JOIN account_move_line ml ON ml.move_id = s.move_id
                                   AND ml.account_id = c.meal_control_account_id
                                   AND ml.parent_state = 'posted'
         GROUP BY 1
    )
    SELECT s.id, s.name, s.state, pc.company_id, pc.school_id,
           coalesce(p.amount, 0) AS paid, coalesce(m.amount, 0) AS moved,
           b.amount AS booked
      FROM pos_session s
      JOIN pos_config pc ON pc.id = s.config_id
      LEFT JOIN paid p ON p.session_id = s.id
      LEFT JOIN moved m ON m.session_id = s.id
      LEFT JOIN booked b ON b.session_id = s.id
     WHERE coalesce(p.amount, 0) <> coalesce(m.amount, 0)
        OR (s.state = 'closed' AND coalesce(m.amount, 0) <> coalesce(b.amount, 0))
"""

#: Sessions that are not closed with sales from students' accounts of these days: they
#: reach the general ledger with the session only.
OPEN_SESSIONS = """
    SELECT s.id, s.name, pc.company_id, pc.school_id, min(t.business_date) AS first_day,
           count(*) AS sales, sum(t.amount) AS amount
      FROM pos_session s
      JOIN pos_config pc ON pc.id = s.config_id
      JOIN pos_order o ON o.session_id = s.id
      JOIN meal_transfer t ON t.source_model = 'pos.order' AND t.source_id = o.id
                          AND t.kind IN ('sale', 'refund')
                          AND t.phase IN ('single', 'post')
     WHERE s.state <> 'closed' AND t.business_date < %(limit)s
       AND pc.company_id = %(company)s
     GROUP BY 1, 2, 3, 4
"""


class MealAudit(models.Model):
    _inherit = "meal.audit"

    def _audit_checks(self):
        return {**super()._audit_checks(), "pos_session": self._check_pos_sessions}

    def _check_pos_sessions(self):
        """What a session was paid from students' accounts is what the ledger moved,
        and, once it is closed, what its journal entry says."""
        return [
            {
                "kind": "pos_session",
                "key": f"session:{row['id']}",
                "company_id": row["company_id"],
                "school_id": row["school_id"],
                "summary": self.env._(
                    "Session %(name)s: paid from accounts %(paid)s, ledger %(moved)s,"
                    " journal entry %(booked)s",
                    name=row["name"],
                    paid=row["paid"],
                    moved=row["moved"],
                    booked=row["booked"],
                ),
                "details": self._details(row),
            }
            for row in self._select(SQL(SESSIONS, terminal=TERMINAL))
        ] + self._check_sessions_close()

    def _check_sessions_close(self):
        """No session stays open for days: its sales do not reach the general ledger."""
        findings = []
        for company in (
            self.env["pos.config"].search([("school_id", "!=", False)]).company_id
        ):
            limit = self._get_delay_limit(company)
            findings += [
                {
                    "kind": "pos_session",
                    "key": f"open:{row['id']}",
                    "severity": "warning",
                    "company_id": row["company_id"],
                    "school_id": row["school_id"],
                    "summary": self.env._(
                        "Session %(name)s is open with sales of %(day)s: close it, or"
                        " they do not reach the general ledger",
                        name=row["name"],
                        day=format_date(self.env, row["first_day"]),
                    ),
                    "details": self._details(row),
                }
                for row in self._select(
                    SQL(OPEN_SESSIONS, limit=limit, company=company.id)
                )
            ]
        return findings
