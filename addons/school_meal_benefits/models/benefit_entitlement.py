from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import KINDS


class BenefitEntitlement(models.Model):
    """What a decision gives to a student, from a day to a day.

    Only decisions make them (``benefit_entitlement_grant.py``) and only ends shorten
    them (``benefit_entitlement_ending.py``): everything else is frozen, also for SQL
    (``sql/entitlement.sql``). `date_end` is the last day in force, `date_to` or
    earlier. What orders and closed days do then: ``benefit_entitlement_follow.py``.
    """

    _name = "benefit.entitlement"
    _description = "Entitlement"
    _inherit = ["meal.frozen.mixin"]
    _order = "date_from desc, id desc"
    _rec_names_search = ["student_id.name", "category_id.name"]

    decision_id = fields.Many2one(
        "benefit.decision",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    student_id = fields.Many2one(
        "school.student", required=True, readonly=True, index=True, ondelete="restrict"
    )
    # the school of today: an entitlement moves with the student
    school_id = fields.Many2one(
        related="student_id.school_id", store=True, precompute=True, index=True
    )
    class_id = fields.Many2one(
        related="student_id.class_id", store=True, precompute=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    category_id = fields.Many2one(
        "benefit.category",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    code = fields.Char(related="category_id.code", store=True, precompute=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    is_health = fields.Boolean(
        related="category_id.is_health", store=True, precompute=True
    )
    meal_category_id = fields.Many2one(
        "meal.category", readonly=True, ondelete="restrict"
    )
    meal_type_ids = fields.Many2many(
        "meal.type",
        "benefit_entitlement_meal_type_rel",
        "entitlement_id",
        "meal_type_id",
        "Meals",
        readonly=True,
    )
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date("Until", required=True, readonly=True)
    why = fields.Text("How the dates came about", readonly=True)
    end_ids = fields.One2many("benefit.entitlement.end", "entitlement_id", "Ends")
    date_end = fields.Date(
        "Last day", compute="_compute_date_end", store=True, precompute=True
    )
    is_void = fields.Boolean(
        "Never in force", compute="_compute_date_end", store=True, precompute=True
    )

    _decision_uniq = models.Constraint(
        "UNIQUE (decision_id)", "A decision gives one entitlement."
    )
    _dates_order = models.Constraint(
        "CHECK (date_to >= date_from)", "An entitlement cannot end before it begins."
    )
    # with the school: a plain index of days would be preferred to that of students
    _ending_idx = models.Index("(school_id, date_end) WHERE NOT is_void")
    _in_force_idx = models.Index("(student_id, date_from, date_end) WHERE NOT is_void")
    # the hash of the code stands for equality of texts, which needs an extension
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(student_id, student_id, '[]') WITH =,"
        " int8range(hashtextextended(code, 0), hashtextextended(code, 0), '[]')"
        " WITH =, daterange(date_from, date_end, '[]') WITH &&) WHERE (NOT is_void)",
        "The student already has this benefit in these days.",
    )

    # === CONSTRAINTS === #

    @api.constrains("decision_id", "student_id", "category_id")
    def _check_decision(self):
        # sudo: that a decision stands behind it is a fact, whoever looks
        for entitlement in self.sudo():
            decision = entitlement.decision_id
            if (
                decision.result != "granted"
                or decision.student_id != entitlement.student_id
                or decision.category_id != entitlement.category_id
                or decision.superseded_by_ids
            ):
                raise ValidationError(
                    self.env._(
                        "%s: a benefit needs a decision that grants it.",
                        entitlement.student_id.name,
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("date_to", "date_from", "end_ids.last_day", "end_ids.revoked_at")
    def _compute_date_end(self):
        for entitlement in self:
            ends = entitlement.end_ids.filtered(lambda end: not end.revoked_at)
            last = min([entitlement.date_to, *ends.mapped("last_day")])
            entitlement.date_end = last
            entitlement.is_void = last < entitlement.date_from

    @api.depends("student_id", "category_id")
    def _compute_display_name(self):
        for entitlement in self:
            entitlement.display_name = self.env._(
                "%(student)s: %(category)s",
                student=entitlement.student_id.display_name,
                category=entitlement.category_id.name,
            )

    # === CRUD METHODS === #

    def _frozen_message(self):
        return self.env._(
            "An entitlement is never changed: record its end, or supersede its"
            " decision."
        )
