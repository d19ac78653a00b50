from odoo import fields, models

from ..const import PERSON_KINDS, RULE_DIRECTIONS


class AccessRule(models.Model):
    """Who may pass where and when."""

    _name = "access.rule"
    _description = "Access rule"
    _order = "site_id, sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    site_id = fields.Many2one(
        "access.site", required=True, ondelete="restrict", index=True
    )
    school_id = fields.Many2one(related="site_id.school_id", store=True, index=True)
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    point_ids = fields.Many2many("access.point", string="Points")
    person_kind = fields.Selection([("all", "Everybody"), *PERSON_KINDS], default="all")
    class_ids = fields.Many2many("school.class", string="Classes")
    group_ids = fields.Many2many("access.group", string="Groups")
    shift = fields.Selection([("1", "First shift"), ("2", "Second shift")])
    direction = fields.Selection(RULE_DIRECTIONS, required=True, default="both")
    effect = fields.Selection(
        [("allow", "Let through"), ("deny", "Refuse")], required=True, default="allow"
    )
    weekdays = fields.Char(default="1111110", required=True)
    time_from = fields.Float()
    time_to = fields.Float(default=24)
    date_from = fields.Date()
    date_to = fields.Date()
    active = fields.Boolean(default=True)
