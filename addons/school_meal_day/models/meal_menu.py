from odoo import fields, models


class MealMenu(models.Model):
    """What a school serves an age group (and shift) on a day."""

    _name = "meal.menu"
    _description = "Menu of the Day"
    _inherit = ["mail.thread"]
    _order = "date desc, school_id, age_group_id"
    _check_company_auto = True

    school_id = fields.Many2one(
        "school.school", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, index=True)
    age_group_id = fields.Many2one("meal.age.group", required=True)
    shift = fields.Selection(
        [("1", "First shift"), ("2", "Second shift")], help="Empty: both."
    )
    variant_id = fields.Many2one("meal.variant", "Set", check_company=True)
    cycle_id = fields.Many2one("meal.cycle", readonly=True)
    cycle_day = fields.Integer("Day of the cycle", readonly=True)
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
    line_ids = fields.One2many("meal.menu.line", "menu_id", "Dishes", copy=True)

    _menu_uniq = models.UniqueIndex(
        "(school_id, date, age_group_id, COALESCE(shift, ''), COALESCE(variant_id, 0))",
        "The school already has a menu for this day, age group, shift and set.",
    )
