from odoo import fields, models


class SchoolBuilding(models.Model):
    _name = "school.building"
    _description = "School Building"
    _order = "school_id, name"

    name = fields.Char(required=True)
    school_id = fields.Many2one(
        "school.school", required=True, ondelete="cascade", index=True
    )
    address = fields.Char()
