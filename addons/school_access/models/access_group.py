from odoo import fields, models


class AccessGroup(models.Model):
    """People that a rule is made for besides classes: a club, the kitchen."""

    _name = "access.group"
    _description = "Group of people"
    _order = "school_id, name, id"

    name = fields.Char(required=True)
    school_id = fields.Many2one(
        "school.school", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    person_ids = fields.Many2many("access.person", string="People")
