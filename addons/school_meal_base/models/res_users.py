from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    school_ids = fields.Many2many(
        "school.school", "school_user_rel", "user_id", "school_id", string="Schools"
    )
