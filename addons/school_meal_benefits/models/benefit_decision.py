from odoo import api, fields, models

from ..const import REFUSAL_GROUNDS, RESULTS
from ..domain.entitlement_dates import school_year_bounds

#: Who is shown the papers: an accountant needs the decision, not the diagnosis. The
#: department is kept from decisions on health grounds by a record rule.
PAPER_GROUPS = (
    "school_meal_base.group_operator,school_meal_base.group_head,"
    "school_meal_base.group_department,school_meal_base.group_sensitive_data"
)


class BenefitDecision(models.Model):
    """What the head decided on an application: never edited, superseded by another.

    `checklist` and `facts` are what was known then (JSON): the auditors see the papers
    as they lay on the table, whatever happened to the records since.
    """

    _name = "benefit.decision"
    _description = "Decision on a Benefit"
    _inherit = ["meal.frozen.mixin"]
    _order = "id desc"

    application_id = fields.Many2one(
        "benefit.application",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    student_id = fields.Many2one(
        "school.student", required=True, index=True, ondelete="restrict", readonly=True
    )
    # where it was decided, wherever the student is now
    school_id = fields.Many2one(
        "school.school", required=True, index=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="restrict", readonly=True
    )
    category_id = fields.Many2one(
        "benefit.category", required=True, ondelete="restrict", readonly=True
    )
    result = fields.Selection(RESULTS, required=True, readonly=True)
    date = fields.Date("Decided on", required=True, readonly=True)
    effective_on = fields.Date(
        "With effect from",
        readonly=True,
        help="When it differs from what the start rule gives, with the reason.",
    )
    refusal_ground = fields.Selection(REFUSAL_GROUNDS, readonly=True)
    explanation = fields.Text(readonly=True)
    user_id = fields.Many2one(
        "res.users", "Decided by", required=True, readonly=True, ondelete="restrict"
    )
    order_id = fields.Many2one(
        "benefit.order", index="btree_not_null", ondelete="restrict", readonly=True
    )
    supersedes_id = fields.Many2one(
        "benefit.decision",
        "Supersedes",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    superseded_by_ids = fields.One2many("benefit.decision", "supersedes_id")
    entitlement_ids = fields.One2many("benefit.entitlement", "decision_id")
    notice_ids = fields.One2many("benefit.notice", "decision_id")
    checklist = fields.Json(readonly=True, groups=PAPER_GROUPS)
    facts = fields.Json(readonly=True)

    papers = fields.Text(
        "Papers as they lay on the table",
        compute="_compute_papers",
        groups=PAPER_GROUPS,
    )
    is_superseded = fields.Boolean(
        "Superseded",
        compute="_compute_is_superseded",
        search="_search_is_superseded",
    )

    _refusal_with_ground = models.Constraint(
        "CHECK ((result = 'refused') = (refusal_ground IS NOT NULL))",
        "A refusal names its ground, and only a refusal does.",
    )
    _granted_by_order = models.Constraint(
        "CHECK (result <> 'granted' OR order_id IS NOT NULL)",
        "A benefit is granted by an order.",
    )
    _first_uniq = models.UniqueIndex(
        "(application_id) WHERE supersedes_id IS NULL",
        "The application is decided: supersede its decision.",
    )
    _superseded_once = models.UniqueIndex(
        "(supersedes_id) WHERE supersedes_id IS NOT NULL",
        "The decision is superseded already.",
    )

    def init(self):
        self.env.cr.execute(
            """
            CREATE OR REPLACE TRIGGER benefit_decision_frozen
            BEFORE UPDATE OR DELETE ON benefit_decision
            FOR EACH ROW EXECUTE FUNCTION meal_refuse_change(
                'A decision is never changed: supersede it by another one.');
            CREATE OR REPLACE TRIGGER benefit_decision_kept
            BEFORE TRUNCATE ON benefit_decision
            FOR EACH STATEMENT EXECUTE FUNCTION meal_refuse_change(
                'A decision is never changed: supersede it by another one.');
            """
        )

    def _frozen_message(self):
        return self.env._("A decision is never changed: supersede it by another one.")

    # === COMPUTE METHODS === #

    @api.depends("result", "date", "application_id")
    def _compute_display_name(self):
        results = dict(self._fields["result"]._description_selection(self.env))
        for decision in self:
            decision.display_name = self.env._(
                "%(result)s on %(day)s",
                result=results.get(decision.result, ""),
                day=decision.date.strftime("%d.%m.%Y") if decision.date else "",
            )

    @api.depends("superseded_by_ids")
    def _compute_is_superseded(self):
        for decision in self:
            decision.is_superseded = bool(decision.superseded_by_ids)

    @api.depends("checklist")
    def _compute_papers(self):
        rows = self.env["benefit.application.document"]._fields["state"]
        states = dict(rows._description_selection(self.env))
        for decision in self:
            decision.papers = "\n".join(
                " · ".join(
                    filter(
                        None,
                        (
                            row["item"],
                            row["document"] or row["name"],
                            f"{row['series']} {row['number']}".strip(),
                            states.get(row["state"]),
                            row["place"],
                        ),
                    )
                )
                for row in decision.checklist or ()
            )

    @api.model
    def _search_is_superseded(self, operator, value):
        if operator != "in":
            return NotImplemented
        superseded = [("superseded_by_ids", "!=", False)]
        standing = [("superseded_by_ids", "=", False)]
        domain = [("id", "in", [])]
        if True in value:
            domain = superseded
        if False in value:
            domain = standing if True not in value else [("id", "!=", False)]
        return domain

    # === ACTIONS === #

    def action_supersede(self):
        """Decide anew: both decisions stay on record."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide anew"),
            "res_model": "benefit.supersession",
            "view_mode": "form",
            "target": "new",
            "context": {"default_decision_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _get_anew_problem(self, effective_on):
        """Return why the application cannot be granted anew, a sentence, or None."""
        self.ensure_one()
        application = self.application_id
        if self.superseded_by_ids:
            return self.env._("The decision is superseded already: open the last one.")
        return (
            self._get_day_problem(effective_on)
            or application._get_grant_problem()
            or application._get_category_problem()
        )

    def _get_day_problem(self, day):
        """Return why the day is not one from which it can be decided anew, or None."""
        if not day:
            return None
        application = self.application_id
        # sudo: days of what the decision gave, for the head who decides
        given = self.sudo().entitlement_ids.mapped("date_from")
        first = min([application.submitted_on, *given])
        last = school_year_bounds(application.school_year_start)[1]
        if first <= day <= last:
            return None
        return self.env._(
            "A decision takes effect not before the application was handed in and not"
            " after its school year: from %(first)s to %(last)s.",
            first=first.strftime("%d.%m.%Y"),
            last=last.strftime("%d.%m.%Y"),
        )

    @api.model
    def _decide(self, applications, result, day, **vals):
        """Make one decision for each application, and set its state by it.

        The papers and facts are frozen as they are now. The caller has checked that
        the user may decide and that the result is possible, and calls :meth:`_grant`.

        :param result: 'granted' or 'refused'
        :param vals: further values of all of them
        """
        # sudo: only steps of the procedure decide; nobody has the right to create
        decisions = self.sudo().create(
            [
                {
                    "application_id": application.id,
                    "student_id": application.student_id.id,
                    "school_id": application._get_deciding_school().id,
                    "company_id": application.company_id.id,
                    "category_id": application.category_id.id,
                    "result": result,
                    "date": day,
                    "user_id": self.env.uid,
                    "checklist": application._freeze_checklist(),
                    "facts": application._freeze_facts(),
                    **vals,
                }
                for application in applications
            ]
        )
        late = applications.filtered(
            lambda one: one.state == "registered" and day > one.decide_by
        )
        # sudo: the state follows the decision
        applications.sudo().write({"state": result})
        late.sudo().write({"is_decided_late": True})
        return decisions.sudo(self.env.su)

    def _grant(self):
        """Give what the decisions grant."""
        self.env["benefit.entitlement"]._create_from_decisions(self)
