from odoo import fields, models

from ..const import PRESENCE_STATES, UNKNOWN


class AccessPresence(models.Model):
    """Where a person is now, by the last passage. Written by events only."""

    _name = "access.presence"
    _description = "Presence"

    person_id = fields.Many2one(
        "access.person", required=True, ondelete="cascade", index=True
    )
    student_id = fields.Many2one(
        "school.student", ondelete="cascade", index="btree_not_null"
    )
    school_id = fields.Many2one(
        "school.school", ondelete="restrict", index="btree_not_null"
    )
    company_id = fields.Many2one(
        "res.company", ondelete="restrict", index="btree_not_null"
    )
    site_id = fields.Many2one(
        "access.site", ondelete="set null", index="btree_not_null"
    )
    zone_id = fields.Many2one(
        "access.zone", ondelete="set null", index="btree_not_null"
    )
    state = fields.Selection(
        PRESENCE_STATES, required=True, default=UNKNOWN, readonly=True
    )
    since = fields.Datetime(readonly=True)

    _person_uniq = models.Constraint("UNIQUE (person_id)", "One place for a person.")
