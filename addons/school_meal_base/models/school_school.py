from odoo import fields, models
from odoo.addons.base.models.res_partner import _tz_get


class SchoolSchool(models.Model):
    _name = "school.school"
    _description = "School"
    _order = "code, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    short_name = fields.Char(required=True)
    code = fields.Char(required=True, size=3, help="First digits of account numbers.")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    tz = fields.Selection(_tz_get, required=True, default="Europe/Moscow")
    week_days = fields.Selection(
        [("5", "Five-day week"), ("6", "Six-day week")], required=True, default="5"
    )
    analytic_account_id = fields.Many2one("account.analytic.account")
    building_ids = fields.One2many("school.building", "school_id")
    class_ids = fields.One2many("school.class", "school_id")
    student_ids = fields.One2many("school.student", "school_id")
    user_ids = fields.Many2many(
        "res.users", "school_user_rel", "school_id", "user_id", string="Staff"
    )
    head_id = fields.Many2one("res.users")
    meals_responsible_id = fields.Many2one("res.users")
    offline_cap = fields.Monetary(help="0: as set for the municipality.")
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE (company_id, code)", "This school code is already in use."
    )
    _code_digits = models.Constraint(
        "CHECK (code ~ '^[0-9]{3}$')", "A school code has three digits."
    )
