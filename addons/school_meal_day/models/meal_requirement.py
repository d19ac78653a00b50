from odoo import fields, models


class MealRequirement(models.Model):
    """Menu requirement (меню-требование, ОКУД 0504202) of a school's day.

    Products = portions wanted × recipes of the approved menus.
    """

    _name = "meal.requirement"
    _description = "Menu Requirement"
    _inherit = ["mail.thread"]
    _order = "date desc, school_id"

    name = fields.Char("Number", readonly=True, copy=False)
    school_id = fields.Many2one("school.school", required=True, ondelete="restrict")
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True)
    snapshot_id = fields.Many2one("meal.snapshot", readonly=True)
    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved")],
        "Status",
        required=True,
        default="draft",
        readonly=True,
        tracking=True,
    )
    approved_by_id = fields.Many2one("res.users", readonly=True)
    line_ids = fields.One2many("meal.requirement.line", "requirement_id", "Products")

    _school_date_uniq = models.Constraint(
        "UNIQUE (school_id, date)", "The school already has a requirement for the day."
    )
