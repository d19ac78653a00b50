from odoo import fields, models


class MealFundingRule(models.Model):
    """How the price of a meal is split over sources, for a category and a time.

    Of the rules that fit a student, meal and day, the one with the lowest sequence
    counts; a meal for which none fits is the parents'. The split itself is
    ``domain/funding.py``.
    """

    _name = "meal.funding.rule"
    _description = "Funding Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    category_id = fields.Many2one(
        "meal.category", "Category", help="Empty: everybody else."
    )
    meal_type_ids = fields.Many2many("meal.type", string="Meals", help="Empty: all.")
    shift = fields.Selection(
        [("1", "First shift"), ("2", "Second shift")], help="Empty: both."
    )
    school_ids = fields.Many2many(
        "school.school", string="Schools", check_company=True, help="Empty: all."
    )
    date_from = fields.Date("Valid from", required=True)
    date_to = fields.Date("Valid to")
    is_ordered_automatically = fields.Boolean(
        "Ordered by itself",
        help="Students of the category get the meal without anybody ordering it.",
    )
    basis = fields.Char("Legal basis")
    line_ids = fields.One2many("meal.funding.rule.line", "rule_id", "Parts", copy=True)
    active = fields.Boolean(default=True)

    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A rule cannot end before it begins.",
    )
