from odoo import fields, models

from odoo.addons.school_meal_base.models.school_student import SENSITIVE_GROUP

from ..const import (
    APPLICATION_STATES,
    AUTHORITIES,
    ORIGINS,
    REFUSAL_GROUNDS,
    SCHOOL_KINDS,
    STUDY_FORMS,
)


class BenefitApplication(models.Model):
    """A parent's application (заявление) for a category of a regulation.

    Facts of the student (grade, form of study, hours) are those of the day of
    registration; the checklist is one row per required document.
    """

    _name = "benefit.application"
    _description = "Application for a Benefit"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    # journal
    number = fields.Integer(
        "Number in the journal", readonly=True, copy=False, aggregator=False
    )
    submitted_on = fields.Date(
        "Handed in on",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="The day the application came to the school: deadlines count from it.",
    )
    registered_at = fields.Datetime("Registered", readonly=True, copy=False)
    registered_by_id = fields.Many2one(
        "res.users", "Registered by", readonly=True, copy=False
    )
    origin = fields.Selection(ORIGINS, required=True, default="office", readonly=True)
    state = fields.Selection(
        APPLICATION_STATES,
        "Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    # who
    student_id = fields.Many2one(
        "school.student", required=True, index=True, ondelete="restrict"
    )
    school_id = fields.Many2one(
        "school.school", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    school_year_start = fields.Integer(
        "School year from", required=True, aggregator=False
    )
    applicant_id = fields.Many2one(
        "school.guardian", "Applicant", index=True, ondelete="restrict"
    )
    applicant_name = fields.Char("Name of the applicant")
    applicant_snils = fields.Char("Applicant's SNILS", groups=SENSITIVE_GROUP)
    authority = fields.Selection(
        AUTHORITIES, "Authority", required=True, default="parent", tracking=True
    )
    authority_basis = fields.Char(
        "Proof of authority", help="Order of guardianship, power of attorney."
    )
    # what
    category_id = fields.Many2one(
        "benefit.category",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    regulation_id = fields.Many2one(related="category_id.regulation_id", store=True)
    kind = fields.Selection(related="category_id.kind", store=True)
    # facts of the student
    grade = fields.Integer(aggregator=False)
    study_form = fields.Selection(STUDY_FORMS, default="onsite")
    school_kind = fields.Selection(SCHOOL_KINDS, default="general")
    hours_at_school = fields.Float()
    is_bused = fields.Boolean()
    remote_since = fields.Date("Remote learning since")
    # money
    bank_account = fields.Char("Account of the applicant", groups=SENSITIVE_GROUP)
    bank_bic = fields.Char("Bank's BIC", groups=SENSITIVE_GROUP)
    # deadlines, dates
    register_by = fields.Date(readonly=True)
    decide_by = fields.Date(readonly=True, index=True)
    order_by = fields.Date(readonly=True)
    # checklist
    document_ids = fields.One2many(
        "benefit.application.document", "application_id", "Documents"
    )
    request_ids = fields.One2many("benefit.request", "application_id", "Requests")
    previous_id = fields.Many2one(
        "benefit.application", "Renews", index="btree_not_null", ondelete="restrict"
    )
    # proposal and decision
    proposal_ground = fields.Selection(REFUSAL_GROUNDS, "Proposed ground of refusal")
    order_id = fields.Many2one(
        "benefit.order", "Order", readonly=True, copy=False, index="btree_not_null"
    )
    decision_ids = fields.One2many("benefit.decision", "application_id", "Decisions")
    note = fields.Text()

    _number_uniq = models.UniqueIndex(
        "(school_id, school_year_start, number) WHERE number > 0",
        "The journal already has this number.",
    )
    _registered_with_number = models.Constraint(
        "CHECK (state IN ('draft', 'withdrawn')"
        " OR (number > 0 AND registered_at IS NOT NULL))",
        "A registered application has a number and a time.",
    )
    _due_idx = models.Index("(decide_by) WHERE state = 'registered'")
