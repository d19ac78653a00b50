from odoo import fields, models


class MealCycle(models.Model):
    """A cyclic menu (типовое цикличное меню) of 10 to 14 days for an age group."""

    _name = "meal.cycle"
    _description = "Cyclic Menu"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    school_ids = fields.Many2many(
        "school.school", string="Schools", check_company=True, help="Empty: all."
    )
    age_group_id = fields.Many2one("meal.age.group", required=True)
    variant_id = fields.Many2one("meal.variant", "Set", check_company=True)
    day_count = fields.Integer("Days", required=True, default=10)
    date_from = fields.Date("In force from", required=True)
    date_to = fields.Date("In force to")
    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved")],
        "Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_at = fields.Datetime(readonly=True, copy=False)
    line_ids = fields.One2many("meal.cycle.line", "cycle_id", "Dishes", copy=True)

    _day_range = models.Constraint(
        "CHECK (day_count BETWEEN 5 AND 28)", "A cycle has 5 to 28 days."
    )
    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A cycle cannot end before it begins.",
    )
