from itertools import compress

from odoo import api, fields, models

from ..const import COMBINATIONS, KINDS, SCHOOL_KINDS, START_RULES, VALIDITIES
from ..domain import conditions, grants
from ..domain.category import CategoryRules


class BenefitCategory(models.Model):
    """A category of a regulation: who is entitled, to what, with which documents.

    `meal_category_id` is what the funding rules name: it stays the same when another
    version of the regulation, or another regulation, defines the category anew.
    """

    _name = "benefit.category"
    _description = "Category of a Regulation"
    _inherit = ["benefit.regulation.part"]
    _order = "regulation_id, sequence, id"

    name = fields.Char(required=True)
    code = fields.Char(
        required=True,
        help="A short name in Latin letters that stays the same in later versions.",
    )
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
    start_rule = fields.Selection(
        START_RULES, "Given from", required=True, default="decision"
    )
    validity = fields.Selection(
        VALIDITIES, "Given until", required=True, default="school_year"
    )
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
    conditions_summary = fields.Text(
        "For whom", compute="_compute_summaries", compute_sudo=True
    )
    grants_summary = fields.Text(
        "What", compute="_compute_summaries", compute_sudo=True
    )
    funding_problem = fields.Char(compute="_compute_funding_problem", compute_sudo=True)

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

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    @api.depends(
        "grade_from",
        "grade_to",
        "is_onsite",
        "is_home",
        "is_remote",
        "school_kind",
        "min_hours",
        "is_for_bused",
        "kind",
        "grant_ids.meal_type_ids",
        "grant_ids.hours_from",
        "grant_ids.hours_to",
        "grant_ids.shift",
    )
    def _compute_summaries(self):
        for category in self:
            category.conditions_summary = "; ".join(category._describe_conditions())
            category.grants_summary = "; ".join(category._describe_grants())

    def _describe_conditions(self):
        """Yield the conditions in words, for lists."""
        _ = self.env._
        yield _("grades %(first)s–%(last)s", first=self.grade_from, last=self.grade_to)
        words = (
            _("at school"),
            _("at home"),
            _("remotely"),
            _("special schools"),
            _("not in special schools"),
            _("bused"),
        )
        are_asked = (
            self.is_onsite,
            self.is_home,
            self.is_remote,
            self.school_kind == conditions.SPECIAL,
            self.school_kind == conditions.GENERAL,
            self.is_for_bused,
        )
        yield from compress(words, are_asked)
        if self.min_hours:
            yield _("more than %s hours a day", f"{self.min_hours:g}")

    def _describe_grants(self):
        """Yield what is granted in words, for lists."""
        if self.kind != "meals":
            yield dict(self._fields["kind"]._description_selection(self.env))[self.kind]
            return
        _ = self.env._
        shifts = {"1": _("first shift"), "2": _("second shift")}
        for grant in self.grant_ids:
            meals = ", ".join(grant.meal_type_ids.sorted().mapped("name"))
            when = [shifts[grant.shift]] if grant.shift else []
            if grant.hours_from:
                when.append(_("more than %s h", f"{grant.hours_from:g}"))
            if grant.hours_to < 24:
                when.append(_("up to %s h", f"{grant.hours_to:g}"))
            yield f"{meals} ({', '.join(when)})" if when else meals

    @api.depends("kind", "meal_category_id", "company_id")
    def _compute_funding_problem(self):
        today = fields.Date.context_today(self)
        funded = self.env["meal.funding.rule"].search(
            [
                ("company_id", "in", self.company_id.ids),
                ("category_id", "in", self.meal_category_id.ids),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", today),
            ]
        )
        pairs = {(rule.company_id, rule.category_id) for rule in funded}
        for category in self:
            known = (category.company_id, category.meal_category_id) in pairs
            category.funding_problem = (
                category.kind == "meals"
                and category.company_id
                and category.meal_category_id
                and not known
                and category._get_funding_message()
            )

    def _get_funding_message(self):
        return self.env._(
            "No funding rule pays for the meals of “%s”: they would be charged to the"
            " parents. Add a funding rule for the category.",
            self.meal_category_id.name,
        )

    # === BUSINESS METHODS === #

    def _get_conditions(self):
        """Return the conditions as `domain.conditions` knows them."""
        self.ensure_one()
        forms = {
            conditions.ONSITE: self.is_onsite,
            conditions.HOME: self.is_home,
            conditions.REMOTE: self.is_remote,
        }
        return conditions.Conditions(
            self.grade_from,
            self.grade_to,
            frozenset(form for form, is_taken in forms.items() if is_taken),
            self.school_kind,
            self.min_hours,
            self.is_for_bused,
        )

    def _get_grants(self):
        """Return the rows of meals as `domain.grants` knows them."""
        self.ensure_one()
        return tuple(grant._as_rule() for grant in self.grant_ids)

    def _get_granted_meals(self, hours=None, shift="1"):
        """Return the meals (`meal.type`) for hours at school a day and a shift.

        :param hours: a float, None when nobody wrote them down
        """
        codes = grants.granted_meals(self._get_grants(), hours, shift)
        return self.grant_ids.meal_type_ids.filtered(lambda meal: meal.code in codes)

    def _as_rules(self):
        """Return the category as plain values, `domain.category.CategoryRules`."""
        self.ensure_one()
        return CategoryRules(
            self.code,
            self.article_id.number or "",
            self.kind,
            self.sequence,
            self.combination,
            self._get_conditions(),
            tuple(document._as_rule() for document in self.requirement_ids),
            self._get_grants(),
            self.start_rule,
            self.validity,
            self.ends_with_stage,
            self.has_service_report,
        )

    def _find_problems(self):
        """Yield what stands in the way of putting the category in force, sentences."""
        self.ensure_one()
        _ = self.env._
        if not self.requirement_ids:
            yield _("“%s” asks for no document: a decision needs some.", self.name)
        if not (self.is_onsite or self.is_home or self.is_remote):
            yield _("“%s” is for no form of study.", self.name)
        for document in self.requirement_ids:
            if not document.document_type_ids:
                yield _(
                    "“%(document)s” of “%(category)s” names no kind of document.",
                    document=document.name,
                    category=self.name,
                )
        if self.kind != "meals":
            return
        rows = self._get_grants()
        if not rows or not all(row.meals for row in rows):
            yield _("“%s” does not say which meals are free.", self.name)
        if grants.overlapping(rows):
            yield _(
                "Two rows of meals of “%s” fit the same student: part them by hours or"
                " shift.",
                self.name,
            )
