from odoo import api, fields, models

from ..const import KINDS


class BenefitEntitlement(models.Model):
    """What a decision gives to a student, from a day to a day.

    Only decisions make them and only ends shorten them: everything else is frozen.
    `date_end` is the last day in force, `date_to` or earlier.
    """

    _name = "benefit.entitlement"
    _description = "Entitlement"
    _order = "date_from desc, id desc"
    _rec_name = "student_id"

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
    school_id = fields.Many2one(related="student_id.school_id", store=True, index=True)
    class_id = fields.Many2one(related="student_id.class_id", store=True)
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
    code = fields.Char(related="category_id.code", store=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    is_health = fields.Boolean(related="category_id.is_health", store=True)
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
        "Last day", compute="_compute_date_end", store=True, precompute=True, index=True
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
    _in_force_idx = models.Index("(student_id, date_from, date_end) WHERE NOT is_void")
    # the hash of the code stands for equality of texts, which needs an extension
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(student_id, student_id, '[]') WITH =,"
        " int8range(hashtextextended(code, 0), hashtextextended(code, 0), '[]')"
        " WITH =, daterange(date_from, date_end, '[]') WITH &&) WHERE (NOT is_void)",
        "The student already has this benefit in these days.",
    )

    @api.depends("date_to", "date_from", "end_ids.last_day", "end_ids.revoked_at")
    def _compute_date_end(self):
        for entitlement in self:
            ends = entitlement.end_ids.filtered(lambda end: not end.revoked_at)
            last = min([entitlement.date_to, *ends.mapped("last_day")])
            entitlement.date_end = last
            entitlement.is_void = last < entitlement.date_from
