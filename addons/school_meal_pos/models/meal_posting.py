from odoo import api, models
from odoo.tools import SQL


class MealPosting(models.Model):
    """Sales and refunds of the till stand in the general ledger with the entry of
    their session, on its date."""

    _inherit = "meal.posting"

    @api.model
    def _sql_document_dates(self):
        session_entry = SQL(
            """
            SELECT m.date
              FROM pos_order o
              JOIN pos_session s ON s.id = o.session_id
              JOIN account_move m ON m.id = s.move_id AND m.state = 'posted'
             WHERE t.source_model = 'pos.order' AND t.kind IN ('sale', 'refund')
               AND o.id = t.source_id
            """
        )
        return [*super()._sql_document_dates(), session_entry]

    @api.model
    def _sql_posted_by_documents(self, company, first, last):
        return SQL(
            """
            %(others)s
             UNION ALL
            SELECT t.id AS transfer_id, m.date
              FROM account_move m
              JOIN pos_session s ON s.move_id = m.id
              JOIN pos_order o ON o.session_id = s.id
              JOIN meal_transfer t ON t.source_model = 'pos.order'
                                  AND t.source_id = o.id
                                  AND t.kind IN ('sale', 'refund')
             WHERE m.company_id = %(company)s AND t.company_id = %(company)s
               AND m.state = 'posted' AND m.date BETWEEN %(first)s AND %(last)s
            """,
            others=super()._sql_posted_by_documents(company, first, last),
            company=company.id,
            first=first,
            last=last,
        )

    @api.model
    def _sql_waiting_for_documents(self, company, after_id):
        """Sales of sessions without a posted entry, and the few recent ones whose
        order is not there."""
        return SQL(
            """
            SELECT w.transfer_id
              FROM (%(others)s) w
             WHERE NOT EXISTS (
                   SELECT FROM meal_transfer t JOIN pos_order o ON o.id = t.source_id
                    WHERE t.id = w.transfer_id AND t.source_model = 'pos.order')
             UNION ALL
            SELECT t.id
              FROM pos_session s
              LEFT JOIN account_move m ON m.id = s.move_id
              JOIN pos_order o ON o.session_id = s.id
              JOIN meal_transfer t ON t.source_model = 'pos.order'
                                  AND t.source_id = o.id
                                  AND t.kind IN ('sale', 'refund')
             WHERE m.state IS DISTINCT FROM 'posted' AND t.company_id = %(company)s
            """,
            others=super()._sql_waiting_for_documents(company, after_id),
            company=company.id,
        )
