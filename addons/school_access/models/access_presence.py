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
        related="person_id.student_id", store=True, index="btree_not_null"
    )
    class_id = fields.Many2one(
        related="student_id.class_id", store=True, index="btree_not_null"
    )
    school_id = fields.Many2one(
        related="person_id.school_id", store=True, index="btree_not_null"
    )
    company_id = fields.Many2one(
        related="person_id.company_id", store=True, index="btree_not_null"
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
    #: Of the last passage: what decides between two of the same second.
    last_code = fields.Integer(readonly=True, groups=".")
    last_key = fields.Char(readonly=True, groups=".")

    _person_uniq = models.Constraint("UNIQUE (person_id)", "One place for a person.")
