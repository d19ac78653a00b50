from odoo import fields, models

from ..const import COMBINATIONS, KINDS, SCHOOL_KINDS, START_RULES, VALIDITIES


class BenefitCategory(models.Model):
    """A category of a regulation: who is entitled, to what, with which documents.

    `meal_category_id` is what the funding rules name: it stays the same when another
    version of the regulation, or another regulation, defines the category anew.
    """

    _name = "benefit.category"
    _description = "Category of a Regulation"
    _order = "regulation_id, sequence, id"

    name = fields.Char(required=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(
        "Priority", default=10, help="Of two that pay the same meal the lower one does."
    )
    regulation_id = fields.Many2one(
        "benefit.regulation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="regulation_id.company_id", store=True)
    article_id = fields.Many2one(
        "benefit.article", "Item", domain="[('regulation_id', '=', regulation_id)]"
    )
    kind = fields.Selection(KINDS, "Grants", required=True, default="meals")
    meal_category_id = fields.Many2one(
        "meal.category",
        "Category of the funding rules",
        ondelete="restrict",
        help="Needed for free meals: whom the funding rules pay for.",
    )
    # conditions
    grade_from = fields.Integer("From grade", default=1)
    grade_to = fields.Integer("To grade", default=11)
    is_onsite = fields.Boolean("Taught at school", default=True)
    is_home = fields.Boolean("Taught at home")
    is_remote = fields.Boolean("Taught remotely")
    school_kind = fields.Selection(SCHOOL_KINDS, "School", required=True, default="any")
    min_hours = fields.Float(
        "More hours at school than", help="Nought: any. With the ride for bused ones."
    )
    is_for_bused = fields.Boolean("Only bused students")
    # dates
    start_rule = fields.Selection(START_RULES, required=True, default="decision")
    validity = fields.Selection(VALIDITIES, required=True, default="school_year")
    ends_with_stage = fields.Boolean(
        "Ends with the stage of schooling", help="Item 13."
    )
    has_service_report = fields.Boolean(
        "End of service is to be reported", help="Item 42."
    )
    is_income_ground = fields.Boolean("Depends on the family's income")
    # combination
    combination = fields.Selection(COMBINATIONS, required=True, default="exclusive")
    # privacy
    is_health = fields.Boolean(
        "Health ground", help="Shown only to those who decide; reading is logged."
    )
    note = fields.Text()
    grant_ids = fields.One2many("benefit.grant", "category_id", "Meals", copy=True)
    requirement_ids = fields.One2many(
        "benefit.requirement", "category_id", "Documents", copy=True
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE (regulation_id, code)", "The regulation already has this category."
    )
    _grades_range = models.Constraint(
        "CHECK (1 <= grade_from AND grade_from <= grade_to AND grade_to <= 11)",
        "Grades are 1 to 11, the first not after the last.",
    )
    _meal_category_given = models.Constraint(
        "CHECK (kind <> 'meals' OR meal_category_id IS NOT NULL)",
        "Say which category of the funding rules pays for the free meals.",
    )
