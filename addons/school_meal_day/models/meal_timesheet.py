from odoo import fields, models


class MealTimesheet(models.Model):
    """A month of a class: attendance (ОКУД 0504608) or meals, until it is signed.

    A draft is computed from the frozen days whenever it is looked at. Signing keeps
    its rows as they are; a later correction makes a new version.
    """

    _name = "meal.timesheet"
    _description = "Timesheet of a Class"
    _inherit = ["mail.thread"]
    _order = "month desc, school_id, class_id, kind, version desc"

    kind = fields.Selection(
        [("attendance", "Attendance (OKUD 0504608)"), ("meals", "Meals")],
        required=True,
        readonly=True,
    )
    class_id = fields.Many2one("school.class", required=True, ondelete="restrict")
    school_id = fields.Many2one(
        related="class_id.school_id", store=True, index=True, readonly=True
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True)
    month = fields.Date(required=True, help="First day of the month.")
    version = fields.Integer(required=True, default=1, readonly=True)
    state = fields.Selection(
        [("draft", "Draft"), ("signed", "Signed")],
        "Status",
        required=True,
        default="draft",
        readonly=True,
        tracking=True,
    )
    signed_at = fields.Datetime(readonly=True)
    signed_by_id = fields.Many2one("res.users", "Signed by", readonly=True)
    content = fields.Json(readonly=True, help="The rows as they were signed.")

    _version_uniq = models.Constraint(
        "UNIQUE (class_id, month, kind, version)", "This version already exists."
    )
    _first_of_month = models.Constraint(
        "CHECK (EXTRACT(day FROM month) = 1)", "A month begins on its first day."
    )
