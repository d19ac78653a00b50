from odoo import fields, models
from odoo.tools import SQL

from ..const import PERSON_KINDS, PRESENCE_STATES


class AccessPresenceCount(models.Model):
    """How many people are where: for those who may know numbers, but no names."""

    _name = "access.presence.count"
    _description = "Numbers of presence"
    _auto = False
    _log_access = False
    _order = "school_id, class_id, id"
    _rec_name = "school_id"

    school_id = fields.Many2one("school.school", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    site_id = fields.Many2one("access.site", readonly=True)
    class_id = fields.Many2one("school.class", readonly=True)
    kind = fields.Selection(PERSON_KINDS, readonly=True)
    state = fields.Selection(PRESENCE_STATES, readonly=True)
    people = fields.Integer(readonly=True, aggregator="sum")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(w.id) AS id, w.school_id, w.company_id, w.site_id, w.class_id,
                   w.kind, w.state, count(*) AS people
              FROM access_presence w
              JOIN access_person p ON p.id = w.person_id AND p.active
             GROUP BY w.school_id, w.company_id, w.site_id, w.class_id, w.kind, w.state
            """
        )
