from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.school_meal_base.domain import snils
from odoo.addons.school_meal_base.models.school_student import SENSITIVE_GROUP

from ..const import (
    APPLICATION_STATES,
    AUTHORITIES,
    ORIGINS,
    REFUSAL_GROUNDS,
    SCHOOL_KINDS,
    STUDY_FORMS,
)

# What only the steps of the procedure write (sudo), whoever calls them.
STEP_FIELDS = {
    "number": 0,
    "registered_at": False,
    "registered_by_id": False,
    "state": "draft",
    "order_id": False,
    "is_registered_late": False,
    "is_decided_late": False,
}
# What follows from the child, the day and the category, never typed in.
FACT_FIELDS = frozenset(
    {
        "school_id",
        "company_id",
        "regulation_id",
        "kind",
        "grade",
        "class_name",
        "study_form",
        "school_kind",
        "hours_at_school",
        "is_bused",
        "remote_since",
        "register_by",
        "decide_by",
        "order_by",
    }
)
# What the person responsible may still write once the application is registered.
OPEN_FIELDS = {"note", "proposal_ground", "document_ids", "request_ids"}
# What may be written on a decided one: chatter and activities, nothing of the case.
MAIL_PREFIXES = ("message_", "activity_", "my_activity_", "website_message_")


class BenefitApplication(models.Model):
    """A parent's application (заявление) for a category of a regulation.

    Facts of the student (grade, form of study, hours) are those of the day of
    registration; the checklist is one row per required document. A draft may be
    deleted. A registered application stays, and what was registered stays as it is.
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
        "school.student", "Student", required=True, index=True, ondelete="restrict"
    )
    school_id = fields.Many2one(
        "school.school",
        "School",
        required=True,
        index=True,
        ondelete="restrict",
        compute="_compute_place",
        store=True,
        readonly=False,
        precompute=True,
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    school_year_start = fields.Integer(
        "School year from",
        required=True,
        aggregator=False,
        compute="_compute_school_year_start",
        store=True,
        readonly=False,
        precompute=True,
        help="2026 for 2026/2027. From June on: the coming school year.",
    )
    applicant_id = fields.Many2one(
        "school.guardian",
        "Applicant",
        index=True,
        ondelete="restrict",
        domain="[('student_id', '=', student_id)]",
        help="A legal representative on record, or leave empty and enter the name.",
    )
    applicant_name = fields.Char(
        "Name of the applicant",
        compute="_compute_applicant",
        store=True,
        readonly=False,
        precompute=True,
    )
    applicant_snils = fields.Char("Applicant's SNILS", groups=SENSITIVE_GROUP)
    authority = fields.Selection(
        AUTHORITIES,
        "Authority",
        required=True,
        compute="_compute_applicant",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    authority_basis = fields.Char(
        "Proof of authority",
        tracking=True,
        help="Order of guardianship, power of attorney.",
    )
    # what; not tracked: a ground of health has no place in messages
    category_id = fields.Many2one(
        "benefit.category", "Category", required=True, index=True, ondelete="restrict"
    )
    regulation_id = fields.Many2one(related="category_id.regulation_id", store=True)
    kind = fields.Selection(related="category_id.kind", store=True)
    # facts of the student; whoever takes over old files gives them
    grade = fields.Integer(
        aggregator=False,
        compute="_compute_facts",
        store=True,
        readonly=False,
        precompute=True,
    )
    class_name = fields.Char(
        "Class", compute="_compute_facts", store=True, readonly=False, precompute=True
    )
    study_form = fields.Selection(
        STUDY_FORMS,
        "Form of study",
        compute="_compute_facts",
        store=True,
        readonly=False,
        precompute=True,
    )
    school_kind = fields.Selection(
        SCHOOL_KINDS,
        "Kind of school",
        compute="_compute_facts",
        store=True,
        readonly=False,
        precompute=True,
    )
    hours_at_school = fields.Float(
        "Hours at school",
        compute="_compute_facts",
        store=True,
        readonly=False,
        precompute=True,
    )
    is_bused = fields.Boolean(
        "Comes by school bus",
        compute="_compute_facts",
        store=True,
        readonly=False,
        precompute=True,
    )
    remote_since = fields.Date(
        "Remote learning since",
        compute="_compute_facts",
        store=True,
        readonly=False,
        precompute=True,
    )
    # money
    bank_account = fields.Char("Account of the applicant", groups=SENSITIVE_GROUP)
    bank_bic = fields.Char("Bank's BIC", groups=SENSITIVE_GROUP)
    # deadlines
    register_by = fields.Date(
        "Register by", compute="_compute_deadlines", store=True, precompute=True
    )
    decide_by = fields.Date(
        "Decide by",
        compute="_compute_deadlines",
        store=True,
        precompute=True,
        index=True,
    )
    order_by = fields.Date(
        "Order by", compute="_compute_deadlines", store=True, precompute=True
    )
    is_registered_late = fields.Boolean("Registered late", readonly=True, copy=False)
    is_decided_late = fields.Boolean("Decided late", readonly=True, copy=False)
    # checklist
    document_ids = fields.One2many(
        "benefit.application.document", "application_id", "Documents"
    )
    request_ids = fields.One2many("benefit.request", "application_id", "Requests")
    previous_id = fields.Many2one(
        "benefit.application", "Renews", index="btree_not_null", ondelete="restrict"
    )
    # proposal and decision
    proposal_ground = fields.Selection(
        REFUSAL_GROUNDS, "Proposed ground of refusal", tracking=True
    )
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
    _student_year_idx = models.Index("(student_id, school_year_start)")

    # === CONSTRAINTS === #

    @api.constrains("applicant_id", "student_id")
    def _check_applicant(self):
        for application in self.filtered("applicant_id"):
            if application.applicant_id.student_id != application.student_id:
                raise ValidationError(
                    self.env._(
                        "The applicant is on record for another child. Choose a"
                        " representative of this one, or leave the field empty and"
                        " enter the name."
                    )
                )

    @api.constrains("applicant_snils")
    def _check_applicant_snils(self):
        students = self.env["school.student"]
        # sudo: whoever may write the field may have it checked
        for application in self.sudo().filtered("applicant_snils"):
            if reason := snils.problem(application.applicant_snils):
                raise ValidationError(students._get_snils_message(reason))
            if application.applicant_snils == application.student_id.snils:
                raise ValidationError(
                    self.env._(
                        "This is the SNILS of the child. Enter the applicant's own."
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("number", "school_year_start", "student_id")
    def _compute_display_name(self):
        for application in self:
            # sudo: a name alone, as every link to the student shows it
            name = application.student_id.sudo().name or ""
            number = application.number
            application.display_name = (
                self.env._("No. %(number)s, %(name)s", number=number, name=name)
                if number
                else name
            )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Write the checklist of the category; nobody creates a registered one."""
        vals_list = [self._clean_vals(vals) for vals in vals_list]
        if not self.env.su:
            for vals in vals_list:
                self._check_no_steps(vals)
                # defaults may come in the context of a remote call
                vals.update(STEP_FIELDS, origin="office")
        applications = super().create(vals_list)
        applications._check_category()
        applications._write_checklist()
        return applications

    def write(self, vals):
        vals = self._clean_vals(vals)
        if not self.env.su:
            if vals.keys() & {*STEP_FIELDS, "origin"}:
                self._refuse_steps()
            self._check_open(vals)
        moved = self.browse()
        if "student_id" in vals:
            moved = self.filtered(lambda one: one.student_id.id != vals["student_id"])
            moved._drop_papers()
        result = super().write(vals)
        if vals.keys() & {"category_id", "student_id", "submitted_on"}:
            self._check_category()
            self._write_checklist()
        return result

    def _drop_papers(self):
        """Take out what was brought for one child before it is for another child."""
        if any(request.state != "draft" for request in self.request_ids):
            raise UserError(
                self.env._(
                    "A request about this child has been sent. Delete the application"
                    " or keep the child, and take in another one for the other child."
                )
            )
        # sudo: rows of the checklist are deleted by the application alone
        self.sudo().document_ids.unlink()

    def _check_category(self):
        """Refuse a category that does not fit, with the reason."""
        # what code prepares is looked at when it is registered
        for application in () if self.env.su else self:
            if problem := application._get_category_problem():
                raise ValidationError(problem)

    @api.model
    def _clean_vals(self, vals):
        vals = dict(vals)
        for name in () if self.env.su else FACT_FIELDS & vals.keys():
            del vals[name]
        if "applicant_snils" in vals:
            vals["applicant_snils"] = snils.digits(vals["applicant_snils"]) or False
        return vals

    @api.model
    def _check_no_steps(self, vals):
        given = {**STEP_FIELDS, "origin": "office"}
        if any(
            vals[name] and vals[name] != value
            for name, value in given.items()
            if name in vals
        ):
            self._refuse_steps()

    @api.model
    def _refuse_steps(self):
        raise AccessError(
            self.env._(
                "Number, status and order of an application are given by the steps of"
                " the procedure: use the buttons of the form."
            )
        )

    def _check_open(self, vals):
        """Refuse to change what was registered or decided."""
        names = {name for name in vals if not name.startswith(MAIL_PREFIXES)}
        if not names:
            return
        for application in self:
            if application.state == "draft":
                continue
            allowed = OPEN_FIELDS
            if application.state == "refused":
                # what was missing may come yet, for a decision that supersedes
                allowed = {"document_ids"}
            elif application.state != "registered":
                allowed = set()
            if names - allowed:
                raise UserError(application._get_closed_message())

    def _get_closed_message(self):
        if self.state == "registered":
            return self.env._(
                "The application is registered: what it says stays as it is. Withdraw"
                " it with a note and take in another one if it is wrong."
            )
        return self.env._(
            "The application is decided or withdrawn, it changes no more. Another"
            " opinion is another decision that supersedes this one."
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        if any(application.state != "draft" for application in self):
            raise UserError(
                self.env._(
                    "A registered application stays in the journal. Withdraw it with"
                    " a note instead."
                )
            )

    def copy_data(self, default=None):
        """Override of core: the copy is another application of today."""
        default = {"document_ids": [], "request_ids": [], **(default or {})}
        return super().copy_data(default)
