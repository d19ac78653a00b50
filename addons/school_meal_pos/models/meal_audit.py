from odoo import models
from odoo.tools import SQL

from ..const import TERMINAL

#: Paid orders of tills whose payments from accounts are not their transfers.
ORDERS = SQL(
    """
    WITH paid AS (
        SELECT p.pos_order_id AS order_id, sum(p.amount) AS amount
          FROM pos_payment p
          JOIN pos_payment_method m ON m.id = p.payment_method_id
          JOIN pos_order o ON o.id = p.pos_order_id
         WHERE m.use_payment_terminal = %s AND o.state IN ('paid', 'done')
         GROUP BY 1
    ), moved AS (
        SELECT t.source_id AS order_id,
               sum(CASE WHEN t.kind = 'refund' THEN -t.amount ELSE t.amount END) AS amount
          FROM meal_transfer t
         WHERE t.source_model = 'pos.order' AND t.phase IN ('single', 'post')
           AND t.kind IN ('sale', 'refund')
         GROUP BY 1
    )
    SELECT coalesce(paid.order_id, moved.order_id), o.company_id, c.school_id,
           coalesce(paid.amount, 0) AS paid, coalesce(moved.amount, 0) AS moved
      FROM paid FULL JOIN moved ON moved.order_id = paid.order_id
      LEFT JOIN pos_order o ON o.id = coalesce(paid.order_id, moved.order_id)
      LEFT JOIN pos_config c ON c.id = o.config_id
     WHERE coalesce(paid.amount, 0) <> coalesce(moved.amount, 0)
     ORDER BY 1
    """,
    TERMINAL,
)

#: Closed sessions whose entry on the control account is not the sum of their transfers.
SESSIONS = SQL(
    """
    WITH posted AS (
        SELECT s.id, s.config_id, co.id AS company_id, sum(l.balance) AS amount
          FROM pos_session s
          JOIN pos_config g ON g.id = s.config_id AND g.school_id IS NOT NULL
          JOIN res_company co ON co.id = g.company_id
          JOIN account_move_line l ON l.move_id = s.move_id
                                  AND l.account_id = co.meal_control_account_id
         WHERE s.state = 'closed'
         GROUP BY 1, 2, 3
    ), moved AS (
        SELECT o.session_id AS id,
               sum(CASE WHEN t.kind = 'refund' THEN -t.amount ELSE t.amount END) AS amount
          FROM meal_transfer t
          JOIN pos_order o ON o.id = t.source_id
         WHERE t.source_model = 'pos.order' AND t.phase IN ('single', 'post')
           AND t.kind IN ('sale', 'refund')
         GROUP BY 1
    )
    SELECT s.id, g.company_id, g.school_id,
           coalesce(posted.amount, 0) AS posted, coalesce(moved.amount, 0) AS moved
      FROM pos_session s
      JOIN pos_config g ON g.id = s.config_id AND g.school_id IS NOT NULL
      LEFT JOIN posted ON posted.id = s.id
      LEFT JOIN moved ON moved.id = s.id
     WHERE s.state = 'closed'
       AND coalesce(posted.amount, 0) <> coalesce(moved.amount, 0)
     ORDER BY s.id
    """
)


class MealAudit(models.Model):
    _inherit = "meal.audit"

    def _audit_checks(self):
        return {
            **super()._audit_checks(),
            "till_order": self._check_till_orders,
            "till_session": self._check_till_sessions,
        }

    def _check_till_orders(self):
        """What an order was paid with from accounts has moved in the ledger."""
        return [
            {
                "kind": "till_order",
                "key": f"till_order/{order}",
                "company_id": company,
                "school_id": school,
                "summary": self.env._(
                    "Order %(id)s of a till: paid from accounts %(paid)s, moved in the"
                    " ledger %(moved)s",
                    id=order,
                    paid=paid,
                    moved=moved,
                ),
            }
            for order, company, school, paid, moved in self.env.execute_query(ORDERS)
        ]

    def _check_till_sessions(self):
        """A closed session's entry on the control account equals its transfers."""
        return [
            {
                "kind": "till_session",
                "key": f"till_session/{session}",
                "company_id": company,
                "school_id": school,
                "summary": self.env._(
                    "Session %(id)s of a till: booked on the control account"
                    " %(posted)s, moved in the ledger %(moved)s",
                    id=session,
                    posted=posted,
                    moved=moved,
                ),
            }
            for session, company, school, posted, moved in self.env.execute_query(
                SESSIONS
            )
        ]
