from odoo import api, models
from odoo.tools import SQL


class MealPosting(models.Model):
    _inherit = "meal.posting"

    @api.model
    def _sql_posted_by_documents(self, company):
        """Sales and refunds of the till stand in the general ledger with the entry of
        their session, on its date."""
        return SQL(
            """
            %(others)s
             UNION ALL
            SELECT t.id AS transfer_id, m.date
              FROM pos_session s
              JOIN account_move m ON m.id = s.move_id AND m.state = 'posted'
              JOIN pos_order o ON o.session_id = s.id
              JOIN meal_transfer t ON t.source_model = 'pos.order'
                                  AND t.source_id = o.id
                                  AND t.kind IN ('sale', 'refund')
             WHERE m.company_id = %(company)s AND t.company_id = %(company)s
            """,
            others=super()._sql_posted_by_documents(company),
            company=company.id,
        )
