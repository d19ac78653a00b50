from odoo import fields, models

from ..const import OUTCOMES


class MealDayLine(models.Model):
    """A frozen portion: ordered, present, issued, priced. Append-only.

    A correction adds a line with the next ``revision``; the newest revision of a
    student, meal and ``portion`` number is the one that counts (``is_current``).
    """

    _name = "meal.day.line"
    _description = "Frozen Portion"
    _order = "day_id, class_id, student_id, meal_type_id, portion, revision"
    _log_access = False

    day_id = fields.Many2one(
        "meal.day", required=True, index=True, readonly=True, ondelete="restrict"
    )
    school_id = fields.Many2one("school.school", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True)
    student_id = fields.Many2one(
        "school.student", required=True, readonly=True, ondelete="restrict"
    )
    class_id = fields.Many2one("school.class", readonly=True, ondelete="restrict")
    meal_type_id = fields.Many2one("meal.type", "Meal", required=True, readonly=True)
    age_group_id = fields.Many2one("meal.age.group", required=True, readonly=True)
    variant_id = fields.Many2one("meal.variant", "Set", readonly=True)
    portion = fields.Integer(required=True, readonly=True, default=1)
    revision = fields.Integer(required=True, readonly=True, default=0)
    is_current = fields.Boolean(required=True, readonly=True, default=True)
    order_id = fields.Many2one("meal.order", readonly=True, ondelete="restrict")
    event_id = fields.Many2one("meal.issue.event", readonly=True, ondelete="restrict")
    correction_id = fields.Many2one(
        "meal.correction", readonly=True, ondelete="restrict"
    )
    presence = fields.Selection(
        [("present", "Present"), ("absent", "Absent"), ("unknown", "Not known")],
        required=True,
        readonly=True,
    )
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True)
    rule_id = fields.Many2one(
        "meal.funding.rule",
        readonly=True,
        groups="school_meal_base.group_operator,school_meal_base.group_head,"
        "school_meal_base.group_department,school_meal_base.group_accountant",
    )
    tariff_id = fields.Many2one("meal.tariff", readonly=True)
    price = fields.Monetary(required=True, readonly=True)
    part_ids = fields.One2many("meal.day.part", "line_id", "Parts", readonly=True)

    _revision_uniq = models.Constraint(
        "UNIQUE (student_id, date, meal_type_id, portion, revision)",
        "This portion is already frozen.",
    )
    _current_uniq = models.UniqueIndex(
        "(student_id, date, meal_type_id, portion) WHERE is_current",
        "Only one line of a portion counts.",
    )
    _school_day_idx = models.Index("(school_id, date)")
