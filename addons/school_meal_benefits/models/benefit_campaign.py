from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..const import CAMPAIGN_STATES
from ..domain.conditions import LAST_GRADE, stage
from ..domain.entitlement_dates import school_year_bounds

#: Benefits that end from this day of the summer on are those of the school year.
SUMMER = (5, 25)
#: So many drafts at once; the rest follows by a job, so that nobody waits.
CHUNK = 500


class BenefitCampaign(models.Model):
    """Renewal before a school year: who has to apply again, and who has done so.

    Starting it finds the benefits that end with the year before and writes a draft
    application for each child that may go on; started again, it adds what is missing.
    Drafts and what they take over: ``benefit_campaign_line.py``.
    """

    _name = "benefit.campaign"
    _description = "Renewal Campaign"
    _inherit = ["mail.thread"]
    _order = "school_year_start desc, id desc"
    _rec_name = "school_year"

    school_year_start = fields.Integer(
        "New school year from",
        required=True,
        aggregator=False,
        default=lambda self: fields.Date.context_today(self).year,
        help="2027 for the school year 2027/2028.",
    )
    school_year = fields.Char("School year", compute="_compute_school_year", store=True)
    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    school_ids = fields.Many2many(
        "school.school",
        string="Schools",
        domain="[('company_id', '=', company_id)]",
        default=lambda self: self._default_schools(),
        help="Empty: all schools of the municipality.",
    )
    state = fields.Selection(
        CAMPAIGN_STATES,
        "Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    line_ids = fields.One2many("benefit.campaign.line", "campaign_id", "Children")
    line_count = fields.Integer("Benefits that end", compute="_compute_counts")
    draft_count = fields.Integer("To be renewed", compute="_compute_counts")
    waiting_count = fields.Integer("No answer yet", compute="_compute_counts")
    answered_count = fields.Integer("Handed in", compute="_compute_counts")
    progress = fields.Float("Answered, %", compute="_compute_counts")

    _year_range = models.Constraint(
        "CHECK (school_year_start BETWEEN 2000 AND 2100)",
        "Give the school year by its first year, for example 2027.",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _default_schools(self):
        """Who works at schools begins with those, the department with all."""
        return (
            self.env["school.school"]
            if self._is_for_all()
            else (self.env.user.school_ids)
        )

    @api.depends("school_year_start")
    def _compute_school_year(self):
        for campaign in self:
            first = campaign.school_year_start
            campaign.school_year = f"{first}/{first + 1}"

    @api.depends("line_ids.state")
    def _compute_counts(self):
        groups = self.env["benefit.campaign.line"]._read_group(
            [("campaign_id", "in", self.ids)], ["campaign_id", "state"], ["__count"]
        )
        counts = {(campaign.id, state): count for campaign, state, count in groups}
        for campaign in self:
            mine = {
                state: count
                for (one, state), count in counts.items()
                if one == campaign.id
            }
            campaign.line_count = sum(mine.values())
            campaign.draft_count = campaign.line_count - mine.get("skipped", 0)
            campaign.waiting_count = mine.get("waiting", 0)
            campaign.answered_count = campaign.draft_count - campaign.waiting_count
            campaign.progress = (
                100 * campaign.answered_count / campaign.draft_count
                if campaign.draft_count
                else 0
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                vals.pop("state", None)
        campaigns = super().create(vals_list)
        campaigns._check_schools()
        return campaigns

    def write(self, vals):
        if not self.env.su and "state" in vals:
            raise AccessError(self.env._("A campaign is started by its button."))
        fixed = {"school_year_start", "company_id"} & vals.keys()
        if fixed and any(campaign.state != "draft" for campaign in self):
            raise UserError(
                self.env._("The campaign has begun: make another one for that year.")
            )
        result = super().write(vals)
        self._check_schools()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        if any(campaign.state != "draft" for campaign in self):
            raise UserError(
                self.env._("The campaign has begun and stays. Finish it instead.")
            )

    @api.model
    def _is_for_all(self):
        return self.env.su or self.env.user.has_group(
            "school_meal_base.group_department"
        )

    def _check_schools(self):
        """Who is responsible for a school renews the benefits of that school."""
        if self._is_for_all():
            return
        for campaign in self:
            if (
                not campaign.school_ids
                or campaign.school_ids - self.env.user.school_ids
            ):
                raise AccessError(
                    self.env._("Choose the schools at which you are responsible.")
                )

    # === ACTION METHODS === #

    def action_start(self):
        """Find who has to apply again and write the drafts (button)."""
        self.check_access("write")
        self._check_schools()
        for campaign in self:
            # sudo: only this button starts it; drafts are written for all its schools
            campaign = campaign.sudo()
            campaign.state = "running"
            campaign._find_lines()
            if campaign._write_drafts(CHUNK):
                self.env.ref(
                    "school_meal_benefits.cron_benefit_campaign"
                ).sudo()._trigger()
        return True

    def action_finish(self):
        """Close the campaign (button); drafts that nobody answered stay drafts."""
        self.check_access("write")
        self._check_schools()
        self.sudo().state = "done"  # sudo: only this button finishes it

    def action_open_lines(self):
        """Show the children of the campaign (button)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_meal_benefits.benefit_campaign_line_action"
        )
        return {
            **action,
            "domain": [("campaign_id", "=", self.id)],
            "context": {
                "search_default_waiting": self.env.context.get("only_waiting", 0)
            },
        }

    def action_print(self):
        """Print what the parents have to bring, class by class (button)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/benefits/campaign/{self.id}.pdf",
            "target": "new",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _cron_continue(self):
        """Write the drafts that a campaign of a whole city still needs."""
        for campaign in self.search([("state", "=", "running")]):
            while left := campaign._write_drafts(CHUNK):
                self.env["ir.cron"]._commit_progress(CHUNK, remaining=left)

    def _find_lines(self):
        """Add a line for each benefit that ends with the school year before."""
        self.ensure_one()
        lines = self.env["benefit.campaign.line"]
        known = lines.search([("campaign_id", "=", self.id)]).entitlement_id
        ending = self.env["benefit.entitlement"].search(self._get_ending_domain())
        categories = self._get_categories()
        values = [
            self._prepare_line(entitlement, categories)
            for entitlement in ending - known
        ]
        return lines.create(values)

    def _get_ending_domain(self):
        last = school_year_bounds(self.school_year_start - 1)[1]
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("is_void", "=", False)
        domain &= Domain("date_end", ">=", date(self.school_year_start, *SUMMER))
        domain &= Domain("date_end", "<=", last)
        # what was taken away before its time is not renewed by itself
        domain &= Domain(
            "end_ids",
            "not any",
            [
                ("revoked_at", "=", False),
                ("ground", "not in", ["left", "stage"]),
            ],
        )
        if self.school_ids:
            domain &= Domain("school_id", "in", self.school_ids.ids)
        return domain

    def _get_categories(self):
        """Return {code: category} of the regulation of the new school year."""
        first = school_year_bounds(self.school_year_start)[0]
        regulation = self.env["benefit.regulation"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", ["in_force", "replaced"]),
                ("date_from", "<=", first),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", first),
            ],
            order="date_from desc",
            limit=1,
        )
        return {category.code: category for category in regulation.category_ids}

    def _prepare_line(self, entitlement, categories):
        student = entitlement.student_id
        school_class = student.class_id
        passed = self.school_year_start - school_class.school_year_start
        grade = school_class.grade + max(passed, 0) if school_class else 0
        category = categories.get(entitlement.code, entitlement.category_id.browse())
        return {
            "campaign_id": self.id,
            "entitlement_id": entitlement.id,
            "category_id": category.id,
            "grade": grade,
            "is_stage_change": 1 < grade <= LAST_GRADE
            and stage(grade) != stage(grade - 1),
            "skip": self._get_skip(student, grade, category),
        }

    @api.model
    def _get_skip(self, student, grade, category):
        """Return why a benefit is not renewed, False when it may be."""
        if student.state == "left" or not grade:
            return "left"
        if grade > LAST_GRADE:
            return "graduated"
        if not category:
            return "no_category"
        if not category.grade_from <= grade <= category.grade_to:
            return "stage"
        return False

    def _write_drafts(self, limit):
        """Write the next drafts; return how many are still to be written."""
        lines = self.env["benefit.campaign.line"].search(
            [
                ("campaign_id", "in", self.ids),
                ("skip", "=", False),
                ("application_id", "=", False),
            ]
        )
        lines[:limit]._write_drafts()
        return max(len(lines) - limit, 0)
