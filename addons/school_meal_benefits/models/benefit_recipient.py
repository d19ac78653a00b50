from odoo import fields, models
from odoo.tools import SQL

from ..const import KINDS


class BenefitRecipient(models.Model):
    """Counts of recipients, without the children: for who must not know of whom."""

    _name = "benefit.recipient"
    _description = "Recipients in Numbers"
    _auto = False
    _order = "id"

    school_id = fields.Many2one("school.school", readonly=True)
    company_id = fields.Many2one("res.company", "Municipality", readonly=True)
    category_id = fields.Many2one("benefit.category", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    date_from = fields.Date("From", readonly=True)
    date_end = fields.Date("Last day", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT id, school_id, company_id, category_id, kind, date_from, date_end
              FROM benefit_entitlement WHERE NOT is_void
            """
        )
