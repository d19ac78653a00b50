from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import CAMPAIGN_LINE_STATES, CAMPAIGN_SKIPS

#: What a draft keeps of the application it renews.
KEPT = (
    "applicant_name",
    "applicant_snils",
    "authority",
    "authority_basis",
    "bank_account",
    "bank_bic",
)
STATES = {
    "draft": "waiting",
    "registered": "answered",
    "granted": "granted",
    "refused": "refused",
    "withdrawn": "withdrawn",
}


class BenefitCampaignLine(models.Model):
    """A benefit that ends, and the application by which it goes on."""

    _name = "benefit.campaign.line"
    _description = "Child of a Renewal Campaign"
    _order = "campaign_id, school_id, class_id, student_id, id"
    _rec_name = "student_id"

    campaign_id = fields.Many2one(
        "benefit.campaign", required=True, index=True, ondelete="cascade", readonly=True
    )
    entitlement_id = fields.Many2one(
        "benefit.entitlement",
        "Benefit that ends",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    student_id = fields.Many2one(
        related="entitlement_id.student_id", store=True, precompute=True, index=True
    )
    school_id = fields.Many2one(
        related="student_id.school_id", store=True, precompute=True, index=True
    )
    class_id = fields.Many2one(
        related="student_id.class_id", store=True, precompute=True
    )
    company_id = fields.Many2one(
        related="campaign_id.company_id", store=True, precompute=True
    )
    is_health = fields.Boolean(
        related="entitlement_id.is_health", store=True, precompute=True
    )
    date_end = fields.Date(related="entitlement_id.date_end")
    category_id = fields.Many2one("benefit.category", readonly=True)
    grade = fields.Integer("Grade of the new year", readonly=True, aggregator=False)
    is_stage_change = fields.Boolean(
        "New stage of schooling",
        readonly=True,
        help="From grade 4 to 5, or 9 to 10: look whether the papers still fit.",
    )
    skip = fields.Selection(CAMPAIGN_SKIPS, "Not renewed because", readonly=True)
    problem = fields.Char("What is wrong", readonly=True)
    application_id = fields.Many2one(
        "benefit.application",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    state = fields.Selection(
        CAMPAIGN_LINE_STATES,
        "Status",
        compute="_compute_state",
        store=True,
        precompute=True,
    )
    to_bring = fields.Text("To be brought", compute="_compute_to_bring")

    _entitlement_uniq = models.Constraint(
        "UNIQUE (campaign_id, entitlement_id)",
        "A benefit is renewed once in a campaign.",
    )

    # === COMPUTE METHODS === #

    @api.depends("skip", "application_id.state")
    def _compute_state(self):
        for line in self:
            line.state = (
                "skipped"
                if line.skip
                else STATES.get(line.application_id.state, "waiting")
            )

    @api.depends("application_id.document_ids.state")
    def _compute_to_bring(self):
        for line in self:
            rows = line.application_id.document_ids.filtered(
                lambda row: (
                    row.state == "missing" and row.requirement_id.provider == "parent"
                )
            )
            line.to_bring = "\n".join(rows.mapped("requirement_id.name"))

    # === ACTION METHODS === #

    def action_register(self):
        """Enter what was handed in today into the journal (button).

        One that is not complete does not stop the others: it says what is wrong.
        """
        self.check_access("read")
        applications = self.application_id
        applications.check_access("write")
        waiting = self.filtered(lambda line: line.state == "waiting")
        if not waiting.application_id:
            raise UserError(self.env._("There is nothing to register here."))
        refused = self.browse()
        for line in waiting.filtered("application_id"):
            problem = line._register()
            # sudo: what is wrong is noted by this button only
            line.sudo().problem = problem
            if problem:
                refused |= line
        return self._tell_registered(len(waiting), len(refused))

    def _register(self):
        """Register one; return the sentence that says why not, or False."""
        try:
            with self.env.cr.savepoint():
                self.application_id.submitted_on = fields.Date.context_today(self)
                self.application_id.action_register()
        except (UserError, ValidationError) as error:
            self.invalidate_recordset()
            return str(error)
        return False

    def _tell_registered(self, count, refused):
        message = self.env._(
            "%(done)s of %(count)s applications are registered.",
            done=count - refused,
            count=count,
        )
        if refused:
            message += " " + self.env._("The others say what is wrong with them.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if refused else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_application(self):
        """Open the draft of the child (button)."""
        self.ensure_one()
        return self.application_id._get_records_action()

    # === DRAFTS === #

    def _write_drafts(self):
        """Write the draft applications of lines that have none, once each.

        A child that has applied for the year already keeps that application.
        """
        found = self._find_applications()
        for line in self:
            line.application_id = found.get(line._get_key(), False)
        rest = self.filtered(lambda line: not line.application_id)
        rest._create_drafts()
        drafts = self.application_id.filtered(
            lambda one: one.state == "draft" and one.origin == "campaign"
        )
        drafts._complete_checklist()
        drafts._take_over_documents()

    def _get_key(self):
        return self.student_id, self.category_id

    def _find_applications(self):
        """Return {(student, category): application for the new school year}."""
        years = self.campaign_id.mapped("school_year_start")
        applications = self.env["benefit.application"].search(
            [
                ("student_id", "in", self.student_id.ids),
                ("category_id", "in", self.category_id.ids),
                ("school_year_start", "in", years),
                ("state", "!=", "withdrawn"),
            ]
        )
        return {(one.student_id, one.category_id): one for one in applications}

    def _create_drafts(self):
        """Create the drafts at once; where one is refused, one by one."""
        if not self:
            return
        applications = self.env["benefit.application"].with_context(
            tracking_disable=True, mail_create_nolog=True
        )
        try:
            with self.env.cr.savepoint():
                made = applications.create([line._prepare_draft() for line in self])
        except (UserError, ValidationError):
            for line in self:
                line._create_draft(applications)
            return
        for line, application in zip(self, made, strict=True):
            line.application_id = application

    def _create_draft(self, applications):
        try:
            with self.env.cr.savepoint():
                self.application_id = applications.create(self._prepare_draft())
        except (UserError, ValidationError) as error:
            self.invalidate_recordset()
            self.write({"skip": "misfit", "problem": str(error)})

    def _prepare_draft(self):
        former = self.entitlement_id.decision_id.application_id
        student = self.student_id
        applicant = former.applicant_id
        return {
            "student_id": student.id,
            "school_id": student.school_id.id,
            "category_id": self.category_id.id,
            "school_year_start": self.campaign_id.school_year_start,
            "origin": "campaign",
            "previous_id": former.id,
            "applicant_id": applicant.id if applicant.student_id == student else False,
            **{name: former[name] for name in KEPT},
        }
